import { buffer } from "node:stream/consumers";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { hiddenObjects } from "../filesystem/prefixed.ts";
import { decodeRecord, encodeRecord, type LockRecord } from "./lock-record.ts";

/** In front of a generation's number. No user's key starts with a dot, so no list shows these objects. */
const PREFIX = ".stowage-lock.";
const DIGITS = 16;
/** How long a creation that was aborted is asked about, in milliseconds: what it left must not look like a holder. */
const LOOK_MS = 2_000;

/** One generation of the lock, as it lies in the storage. */
export interface Generation {
  readonly number: number;
  /** The raw content: whether it changes is all that a watcher must know. */
  readonly content: string;
  readonly record: LockRecord | undefined;
}

/**
 * The generation objects of a filesystem. The one with the highest number is the lock. It is never removed, so the highest number
 * never falls, and one that is no longer the highest never is again.
 */
export class Generations {
  readonly #objects: Filesystem;

  constructor(filesystem: Filesystem) {
    this.#objects = hiddenObjects(filesystem, PREFIX);
  }

  /** The number of the current generation; 0 before the first. */
  async highest(signal: AbortSignal): Promise<number> {
    return (await this.numbers(signal)).at(-1) ?? 0;
  }

  /** The numbers of all generations that lie there, rising. */
  async numbers(signal: AbortSignal): Promise<number[]> {
    const numbers: number[] = [];
    for await (const { key } of this.#objects.list({ signal })) {
      if (/^\d{16}$/.test(key)) numbers.push(Number(key));
    }
    return numbers;
  }

  /** Reads a generation; nothing if it is gone. */
  async read(number: number, signal: AbortSignal): Promise<Generation | undefined> {
    try {
      const { content } = await this.#objects.read(nameOf(number), { signal });
      const text = (await buffer(content)).toString("utf8");
      return { number, content: text, record: decodeRecord(text) };
    } catch (error) {
      if (error instanceof StowageError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }

  /** Creates a generation. Returns whether this call did, also when the storage's answer was lost or came behind an abort. */
  async create(number: number, record: LockRecord, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#objects.write(nameOf(number), encodeRecord(record), { ifNotExists: true, signal });
      return true;
    } catch (error) {
      const look = signal.aborted ? AbortSignal.timeout(LOOK_MS) : signal;
      const found = await this.read(number, look).catch(() => undefined);
      if (found) return found.record?.holder === record.holder;
      if (error instanceof StowageError && error.code === "ALREADY_EXISTS") return false;
      throw error;
    }
  }

  /** Replaces the content of a generation that this process created. */
  async rewrite(number: number, record: LockRecord, signal: AbortSignal): Promise<void> {
    await this.#objects.write(nameOf(number), encodeRecord(record), { signal });
  }

  /** Removes generations, one after the other. Only for numbers below one that was seen: the highest must stay. */
  async remove(numbers: readonly number[], signal: AbortSignal): Promise<void> {
    for (const number of numbers) await this.#objects.delete(nameOf(number), { signal });
  }
}

function nameOf(number: number): string {
  return String(number).padStart(DIGITS, "0");
}
