import type { Floor } from "../case/floor.ts";
import type { Namespace } from "../case/namespace.ts";

export interface Measured {
  /** The median of what a call took, in milliseconds. */
  readonly ms: number;
  /** Bytes in a second, in millions, where bytes are what a call is about. */
  readonly mbPerSecond?: number;
  /** The mean of the requests that a call sent, where the place counts them. */
  readonly requests?: number;
}

/** A call that is made again and again. Resolves with what it moved or found, where `expected` says how much that has to be. */
export interface Measure {
  readonly what: string;
  readonly rounds: number;
  readonly bytes?: number;
  readonly expected?: number;
  run(storage: Omit<Floor, "delete">, prefix: string, round: number): Promise<unknown>;
}

/** Times the calls of one storage, under keys of its own, which it deletes in the end. */
export class Stopwatch {
  readonly #storage: Floor;
  readonly #prefix: string;
  readonly #place: Pick<Namespace, "requests">;
  readonly #now: () => number;
  readonly #keys = new Set<string>();
  #times: number[] = [];
  #requests = 0;

  constructor(storage: Floor, prefix: string, place: Pick<Namespace, "requests">, now = () => performance.now()) {
    this.#storage = storage;
    this.#prefix = prefix;
    this.#place = place;
    this.#now = now;
  }

  /** Makes the call once. The first round is not counted: it connects, and fills caches. */
  async round({ what, expected, run }: Measure, round: number): Promise<void> {
    const before = this.#place.requests?.() ?? 0;
    const started = this.#now();
    const found = await run(this.#noting, this.#prefix, round);
    const ended = this.#now();
    if (expected !== undefined && found !== expected) throw new Error(`${what}: ${found} came, not ${expected}`);
    if (round === 0) return;
    this.#times.push(ended - started);
    this.#requests += (this.#place.requests?.() ?? 0) - before;
  }

  /** What was measured since the last time. */
  take({ bytes }: Measure): Measured {
    const [times, requests] = [this.#times, this.#requests];
    [this.#times, this.#requests] = [[], 0];
    const ms = median(times);
    return {
      ms,
      ...(bytes === undefined ? {} : { mbPerSecond: bytes / 1_000 / ms }),
      ...(this.#place.requests ? { requests: requests / times.length } : {}),
    };
  }

  async cleanUp(): Promise<void> {
    await Promise.allSettled([...this.#keys].map(async (key) => this.#storage.delete(key)));
  }

  /** The storage, of which each key that is written is noted: before it is, for what fails may have been stored. */
  get #noting(): Omit<Floor, "delete"> {
    const storage = this.#storage;
    return {
      write: (key, bytes) => {
        this.#keys.add(key);
        return storage.write(key, bytes);
      },
      read: (key, start, end) => storage.read(key, start, end),
      stat: (key) => storage.stat(key),
      list: (prefix) => storage.list(prefix),
    };
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
