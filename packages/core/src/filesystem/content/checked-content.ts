import { raceAbort } from "../../abort.ts";
import { StowageError } from "../../errors.ts";
import type { Source } from "./source.ts";

/** What a write is checked against while its chunks pass. */
export interface ChunkRules {
  readonly signal: AbortSignal;
  /** The exact number of bytes. */
  readonly size?: number | undefined;
  /** Throws if so many bytes may not be stored. Called with the count so far. */
  readonly admit: (size: number) => void;
}

/**
 * Hands a source on to a driver, so that all that can go wrong with it arrives there as one thing: the iterator throws.
 *
 * The last chunk is held back until the source has ended and the size is known to be right. A driver that sees the
 * end may commit; one that streams as it reads has still not seen everything before a late failure.
 */
export class CheckedContent implements AsyncIterable<Uint8Array> {
  readonly #source: Source;
  readonly #rules: ChunkRules;
  #held: Uint8Array | undefined;
  #state: "open" | "ended" | "released" = "open";
  /** Bytes read so far. */
  size = 0;
  /** What made the content throw, if it did. */
  failure: StowageError | undefined;

  constructor(source: Source, rules: ChunkRules) {
    this.#source = source;
    this.#rules = rules;
  }

  get hasEnded(): boolean {
    return this.#state === "ended" && this.#held === undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.release();
        return { done: true, value: undefined };
      },
    };
  }

  /** Cancels a source that has not ended. Safe to call at any time, more than once. */
  release(): void {
    if (this.#state !== "open") return;
    this.#state = "released";
    this.#source.cancel();
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.failure) throw this.failure;
    try {
      const chunk = await this.#advance();
      return chunk ? { done: false, value: chunk } : { done: true, value: undefined };
    } catch (error) {
      this.failure = error instanceof StowageError ? error : unreadable(error);
      this.release();
      throw this.failure;
    }
  }

  async #advance(): Promise<Uint8Array | undefined> {
    while (this.#state === "open") {
      const previous = this.#held;
      const chunk = await this.#pull();
      this.#held = chunk;
      if (previous && chunk) return previous;
      if (previous) this.#held = previous;
    }
    const last = this.#held;
    this.#held = undefined;
    return last;
  }

  /** The next chunk that holds bytes, or nothing at the checked end. */
  async #pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      const { done, value } = await this.#read();
      if (done) return this.#end();
      if (!(value instanceof Uint8Array))
        throw new StowageError("INVALID_ARGUMENT", `content yields ${typeof value}, not Uint8Array`);
      if (value.length === 0) continue;
      this.#count(value.length);
      return this.#source.reusesChunks ? Buffer.from(value) : value;
    }
  }

  async #read(): Promise<IteratorResult<Uint8Array, unknown>> {
    const { signal } = this.#rules;
    signal.throwIfAborted();
    try {
      return await raceAbort(this.#source.next(), signal);
    } catch (error) {
      if (!signal.aborted) this.#state = "released"; // an iterator that threw is over: return() is not called
      throw error;
    }
  }

  #count(length: number): void {
    this.size += length;
    this.#rules.admit(this.size);
    if (this.#rules.size !== undefined && this.size > this.#rules.size) throw this.#wrongSize("at least ");
  }

  #end(): undefined {
    this.#state = "ended";
    if (this.#rules.size !== undefined && this.size !== this.#rules.size) throw this.#wrongSize("");
  }

  #wrongSize(qualifier: string): StowageError {
    const message = `content holds ${qualifier}${this.size} bytes, not the declared ${this.#rules.size}`;
    return new StowageError("SIZE_MISMATCH", message);
  }
}

function unreadable(cause: unknown): StowageError {
  return new StowageError("SOURCE_UNREADABLE", "the content failed while it was read", { cause });
}
