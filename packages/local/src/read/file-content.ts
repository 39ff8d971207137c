import { abortError, closeQuietly } from "@stowage/core/driver";
import type { LocalFile } from "../local-disk.ts";

/** Bytes per read, while few files are read. Larger reads are no faster. */
const CHUNK_SIZE_MAX = 512 * 1_024;
/** Smaller reads are slower, and save nothing. */
const CHUNK_SIZE_MIN = 64 * 1_024;
/** Bytes that all files being read share: each chunk stays in memory until a reader, who may be slow, has taken it. */
const CHUNKS_SIZE = 16 * 1_024 * 1_024;

export interface FileContentOptions {
  readonly start: number;
  /** Exclusive, and not behind the end of the file. */
  readonly end: number;
  readonly signal: AbortSignal;
  /** Of the size of the range, to read into. */
  readonly memory?: Uint8Array | undefined;
}

/**
 * Yields the bytes of an open file, each chunk in a buffer of its own, or in its place in the memory that was given. Closes the file at the end, on `return()`, on a
 * failure and on an abort, also when it was never started. A file that was cut meanwhile ends early.
 */
export class FileContent implements AsyncIterableIterator<Uint8Array> {
  static #open = 0;
  readonly #file: LocalFile;
  readonly #end: number;
  readonly #signal: AbortSignal;
  readonly #memory: Uint8Array | undefined;
  readonly #start: number;
  #position: number;
  #isClosed = false;

  constructor(file: LocalFile, { start, end, signal, memory }: FileContentOptions) {
    this.#file = file;
    this.#memory = memory;
    this.#start = start;
    this.#position = start;
    this.#end = end;
    this.#signal = signal;
    FileContent.#open += 1;
    signal.addEventListener("abort", this.#close, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#signal.aborted) return this.#fail(abortError(this.#signal));
    if (this.#isClosed || this.#position >= this.#end) return this.return();
    try {
      const chunk = await this.#read();
      return chunk.length > 0 ? { done: false, value: chunk } : await this.return();
    } catch (error) {
      return this.#fail(this.#signal.aborted ? abortError(this.#signal) : error);
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  async #read(): Promise<Uint8Array> {
    const buffer = this.#place();
    const size = await this.#file.read(buffer, this.#position);
    this.#position += size;
    return buffer.subarray(0, size);
  }

  #place(): Uint8Array {
    if (this.#memory) return this.#memory.subarray(this.#position - this.#start, this.#end - this.#start);
    const share = Math.max(CHUNK_SIZE_MIN, Math.floor(CHUNKS_SIZE / FileContent.#open));
    return Buffer.allocUnsafeSlow(Math.min(share, CHUNK_SIZE_MAX, this.#end - this.#position));
  }

  async #fail(error: unknown): Promise<never> {
    await this.#close();
    throw error;
  }

  readonly #close = async (): Promise<void> => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    FileContent.#open -= 1;
    this.#signal.removeEventListener("abort", this.#close);
    await closeQuietly(this.#file);
  };
}
