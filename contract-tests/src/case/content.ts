import { Readable } from "node:stream";

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** The largest part of which a few more are few enough bytes to be sent often. */
export const SMALL_PART_SIZE = 256 * KIB;

/**
 * The size of content of which a driver sees more than one part before its end, if it comes in five equal chunks or more:
 * `Filesystem` holds the last one back. Of small parts it sees more than two: only then do many drivers begin an upload, and send
 * parts while more are read. Sizes in parts are most of the suite's traffic, so no larger.
 */
export function aboveOnePart(partSize: number): number {
  return Math.ceil((partSize <= SMALL_PART_SIZE ? 2.8 : 1.3) * partSize);
}

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes of a text. */
export function textBytes(text: string): Buffer {
  return Buffer.from(text);
}

/** Yields the bytes in pieces of `size`. */
export function* inChunks(bytes: Uint8Array, size: number): Generator<Uint8Array, void, void> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Yields the chunks as an asynchronous source does, each in its own turn of the event loop. */
export async function* asynchronously(chunks: Chunks): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) {
    await nextTurn();
    yield chunk;
  }
}

/** Yields the chunks, then throws. */
export async function* thenThrow(chunks: Iterable<Uint8Array>, error: unknown): AsyncGenerator<Uint8Array, void, void> {
  yield* asynchronously(chunks);
  throw error;
}

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A stream that yields the chunks, each by itself, and then stalls. Unlike a parked generator it can be destroyed. */
export function stalledStream(chunks: Iterable<Uint8Array> = []): Readable {
  const stream = new Readable({ objectMode: true, read() {} });
  for (const chunk of chunks) stream.push(chunk);
  return stream;
}

export interface PausedContent {
  readonly content: AsyncIterable<Uint8Array>;
  /** Resolves when all chunks are taken. */
  readonly taken: Promise<void>;
  /** Lets the content end. */
  finish(): void;
}

/** Content that yields its chunks and then waits for `finish` before it ends. */
export function pausedContent(chunks: Chunks): PausedContent {
  let finish = () => {};
  let take = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  async function* content(): AsyncGenerator<Uint8Array, void, void> {
    yield* asynchronously(chunks);
    take();
    await finished;
  }
  return { content: content(), taken, finish };
}

/** Content that counts what is done with its iterator. */
export class WatchedContent implements AsyncIterable<Uint8Array> {
  readonly #chunks: Iterator<Uint8Array>;
  iterators = 0;
  pulled = 0;
  returned = 0;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.iterators++;
    return {
      next: async () => {
        this.pulled++;
        return this.#chunks.next();
      },
      return: async () => {
        this.returned++;
        return { done: true, value: undefined };
      },
    };
  }
}
