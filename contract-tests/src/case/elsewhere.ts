import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { type Filesystem, StowageError } from "@stowage/core";

/** A filesystem in another process, on the same objects. */
export interface Elsewhere {
  /** Starts all writes at once. Resolves with "stored" or the error's code for each. */
  write(writes: readonly RemoteWrite[]): Promise<string[]>;
  /** Reads the object. Nothing if it is missing. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** The keys that start with the prefix. */
  list(prefix: string): Promise<string[]>;
  delete(key: string): Promise<void>;
  /** Leaves a list and content unread, and closes the filesystem. Resolves when the process has ended by itself. */
  close(): Promise<void>;
}

export interface RemoteWrite {
  readonly key: string;
  readonly text: string;
  readonly ifNotExists?: boolean;
}

/** How long a process may take to start or to end, in milliseconds. */
const PATIENCE_MS = 15_000;

type Verb = keyof Elsewhere;
type Order = { readonly id: number; readonly verb: Verb; readonly argument: unknown };
type Answer = { readonly id: number; readonly value?: unknown; readonly failure?: string };

/**
 * Drives a process that was started with `fork` and calls {@link serveFilesystem}. A process that does not end once its filesystem
 * is closed is killed, and fails the case.
 */
export function otherProcess(child: ChildProcess): Elsewhere {
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on("message", (answer: Answer) => waiting.get(answer.id)?.(answer));
  child.on("exit", () => {
    for (const [id, settle] of waiting) settle({ id, failure: "the other process has ended" });
  });
  let last = 0;
  const ask = async <T>(verb: Verb, argument?: unknown): Promise<T> => {
    const id = ++last;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    child.send({ id, verb, argument } satisfies Order);
    const { value, failure } = await answered;
    waiting.delete(id);
    if (failure !== undefined) throw new Error(`in the other process: ${failure}`);
    return value as T;
  };
  return {
    write: (writes) => ask("write", writes),
    read: async (key) => {
      const base64 = await ask<string | undefined>("read", key);
      return base64 === undefined ? undefined : Buffer.from(base64, "base64");
    },
    list: (prefix) => ask("list", prefix),
    delete: (key) => ask("delete", key),
    close: async () => {
      const ended = once(child, "exit");
      await ask("close");
      await endedInTime(child, ended);
    },
  };
}

async function endedInTime(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  let isKilled = false;
  const timer = setTimeout(() => {
    isKilled = child.kill("SIGKILL");
  }, PATIENCE_MS);
  await ended.finally(() => clearTimeout(timer));
  if (isKilled) throw new Error("a socket, timer or file keeps the other process alive after close");
}

/** Does in this process what {@link otherProcess} asks for, and resolves when the filesystem is closed. */
export async function serveFilesystem(filesystem: Filesystem): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    process.on("message", async ({ id, verb, argument }: Order) => {
      const answer = await answerOf(filesystem, verb, argument);
      process.send?.({ id, ...answer });
      if (verb === "close") resolve();
    });
    process.once("disconnect", resolve); // the run has ended
  });
  await closed;
  if (process.connected) process.disconnect();
  await filesystem.close();
}

async function answerOf(filesystem: Filesystem, verb: Verb, argument: unknown): Promise<Omit<Answer, "id">> {
  try {
    const perform = elsewhereIn(filesystem)[verb] as (argument: unknown) => Promise<unknown>;
    const value = await perform(argument);
    return { value: value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value };
  } catch (error) {
    return { failure: String(error) };
  }
}

/** Does the same in this process. Only for tests of the suite. */
export function elsewhereIn(filesystem: Filesystem): Elsewhere {
  return {
    write: (writes) => Promise.all(writes.map((write) => writeText(filesystem, write))),
    read: (key) => readIfThere(filesystem, key),
    list: (prefix) => keysOf(filesystem, prefix),
    delete: (key) => filesystem.delete(key),
    close: () => closeInTheMiddle(filesystem),
  };
}

async function writeText(filesystem: Filesystem, { key, text, ifNotExists }: RemoteWrite): Promise<string> {
  try {
    await filesystem.write(key, Buffer.from(text), ifNotExists ? { ifNotExists } : {});
    return "stored";
  } catch (error) {
    return error instanceof StowageError ? error.code : String(error);
  }
}

async function readIfThere(filesystem: Filesystem, key: string): Promise<Buffer | undefined> {
  try {
    const { content } = await filesystem.read(key);
    return await buffer(content);
  } catch (error) {
    if (error instanceof StowageError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function keysOf(filesystem: Filesystem, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of filesystem.list({ prefix })) keys.push(key);
  return keys;
}

async function closeInTheMiddle(filesystem: Filesystem): Promise<void> {
  for await (const { key } of filesystem.list({ pageSize: 1 })) {
    const { content } = await filesystem.read(key);
    content.on("error", () => {}); // it is closed away
    break;
  }
  await filesystem.close();
}
