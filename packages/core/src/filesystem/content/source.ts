import { Readable } from "node:stream";
import { StowageError } from "../../errors.ts";
import { contentAdvice } from "./content-advice.ts";
import { LastingChunks } from "./lasting-chunks.ts";

/** Bytes to store: a buffer, a Node stream, a web stream, or anything that can be iterated and yields `Uint8Array`s. */
export type Content =
  | Uint8Array
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

/** One way to pull chunks, whatever they come from. */
export interface Source {
  next(): Promise<IteratorResult<Uint8Array, unknown>>;
  /** Lets go of a source that is not read to its end. Never throws and never waits; a second call does nothing. */
  cancel(): void;
  /** Whether a chunk may be overwritten by its producer once the next one is asked for. */
  readonly reusesChunks: boolean;
}

/** Turns content of any kind into a {@link Source}. Throws `INVALID_ARGUMENT` if it is none, or was read already. */
export function openSource(content: unknown): Source {
  const source = sourceOf(content);
  let isCancelled = false;
  return {
    next: () => source.next(),
    cancel: () => {
      if (!isCancelled) source.cancel();
      isCancelled = true;
    },
    reusesChunks: source.reusesChunks,
  };
}

function sourceOf(content: unknown): Source {
  if (content instanceof Uint8Array) return iteratorSource([content][Symbol.iterator](), false);
  if (content instanceof Readable) return streamSource(content);
  if (content instanceof ReadableStream) return webSource(content);
  if (isObject(content) && Symbol.asyncIterator in content) {
    const reusesChunks = !(content instanceof LastingChunks);
    return lazySource(() => (content as AsyncIterable<Uint8Array>)[Symbol.asyncIterator](), reusesChunks);
  }
  if (isObject(content) && Symbol.iterator in content) {
    return lazySource(() => (content as Iterable<Uint8Array>)[Symbol.iterator](), true);
  }
  throw noContent(content);
}

/** Throws `INVALID_ARGUMENT` for what `openSource` refuses, and takes nothing of it. */
export function assertContent(content: unknown): void {
  if (content instanceof Readable) assertFreshStream(content);
  else if (content instanceof ReadableStream) assertFreshWebStream(content);
  else if (!isObject(content) || !(Symbol.asyncIterator in content || Symbol.iterator in content)) {
    throw noContent(content);
  }
}

/** Lets go of content that will not be read. */
export function releaseContent(content: unknown): void {
  try {
    openSource(content).cancel();
  } catch {
    // What cannot be opened holds nothing.
  }
}

function assertFreshStream(stream: Readable): void {
  if (stream.destroyed && !stream.errored) throw invalid("content is a destroyed stream");
  if (stream.readableEnded) throw invalid("content is a stream that was read to its end");
}

function assertFreshWebStream(stream: ReadableStream): void {
  if (stream.locked) throw invalid("content is a locked stream");
  if (Readable.isDisturbed(stream as unknown as NodeJS.ReadableStream))
    throw invalid("content is a stream that was read from");
}

function streamSource(stream: Readable): Source {
  assertFreshStream(stream);
  stream.on("error", () => {}); // it may fail before it is read: the iterator tells
  const iterator = stream[Symbol.asyncIterator]();
  return { next: () => iterator.next(), cancel: () => void stream.destroy(), reusesChunks: false };
}

function webSource(stream: ReadableStream<Uint8Array>): Source {
  assertFreshWebStream(stream);
  const reader = stream.getReader();
  const next = async () => (await reader.read()) as IteratorResult<Uint8Array, unknown>;
  return { next, cancel: () => void reader.cancel().catch(() => {}), reusesChunks: false };
}

/** Asks for the iterator with the first chunk, so that a throw there counts as the source's failure. */
function lazySource(open: () => Iterator<Uint8Array> | AsyncIterator<Uint8Array>, reusesChunks: boolean): Source {
  let source: Source | undefined;
  return {
    next: async () => {
      source ??= iteratorSource(open(), reusesChunks);
      return source.next();
    },
    cancel: () => source?.cancel(),
    reusesChunks,
  };
}

function iteratorSource(iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array>, reusesChunks: boolean): Source {
  return {
    next: async () => iterator.next(),
    cancel: () => void ignoreFailure(async () => iterator.return?.()),
    reusesChunks,
  };
}

async function ignoreFailure(action: () => Promise<unknown>): Promise<void> {
  await action().catch(() => {});
}

function noContent(given: unknown): StowageError {
  return invalid(`content is neither bytes nor a stream nor iterable${contentAdvice(given)}`);
}

function invalid(message: string): StowageError {
  return new StowageError("INVALID_ARGUMENT", message);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
