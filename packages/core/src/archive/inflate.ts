import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createInflateRaw, type InflateRaw, inflateRaw, inflateRawSync } from "node:zlib";
import type { ArchiveSource } from "./archive-source.ts";
import { invalidArchive } from "./invalid-archive.ts";
import type { LocatedEntry } from "./local-headers.ts";

const CHUNK_SIZE = 256 * 1024;
/** Content up to this size is inflated in one call, which saves a stream for each small file. */
const WHOLE_SIZE = 512 * 1024;
/** Up to this size a call on the spot is cheaper than one through the thread pool. */
const IMMEDIATE_SIZE = 32 * 1024;

/**
 * Yields the inflated content of a deflated entry, in chunks that the caller may keep, and at most one chunk more than the entry
 * declares. Throws `INVALID_ARCHIVE` if the bytes are not deflated data or go on behind its end.
 */
export async function* inflate(source: ArchiveSource, entry: LocatedEntry): AsyncGenerator<Uint8Array> {
  const { name, size, compressedSize } = entry;
  const isSmall = size <= WHOLE_SIZE && compressedSize <= WHOLE_SIZE;
  const consumed = isSmall ? yield* inflateWhole(source, entry) : yield* inflateStream(source, entry);
  if (consumed === compressedSize) return;
  throw invalidArchive(
    "content-unconsumed",
    `${JSON.stringify(name)} ends after ${consumed} of its ${compressedSize} compressed bytes`,
  );
}

async function* inflateWhole(source: ArchiveSource, entry: LocatedEntry): AsyncGenerator<Uint8Array, number> {
  const compressed = await source.read(entry.dataOffset, entry.dataOffset + entry.compressedSize);
  const { bytes, consumed } = await inflateAtOnce(compressed, entry);
  if (bytes.length > 0) yield bytes;
  return consumed;
}

interface Inflated {
  readonly bytes: Buffer;
  readonly consumed: number;
}

async function inflateAtOnce(compressed: Uint8Array, entry: LocatedEntry): Promise<Inflated> {
  const options = { info: true, maxOutputLength: entry.size + 1, chunkSize: Math.max(64, entry.size + 1) };
  try {
    if (entry.size <= IMMEDIATE_SIZE) return inflated(inflateRawSync(compressed, options));
    return inflated(await promisify(inflateRaw)(compressed, options));
  } catch (error) {
    throw inflateError(error, entry);
  }
}

/** With `info`, which its types do not know, Node hands out the engine too, which counts the bytes that it took. */
function inflated(result: unknown): Inflated {
  const { buffer, engine } = result as { buffer: Buffer; engine: InflateRaw };
  return { bytes: buffer, consumed: engine.bytesWritten };
}

async function* inflateStream(source: ArchiveSource, entry: LocatedEntry): AsyncGenerator<Uint8Array, number> {
  const compressed = source.stream(entry.dataOffset, entry.dataOffset + entry.compressedSize);
  const engine = createInflateRaw({ chunkSize: CHUNK_SIZE });
  const feeding = pipeline(Readable.from(compressed, { highWaterMark: 1 }), engine);
  feeding.catch(() => {}); // the loop below sees the same error
  try {
    for await (const chunk of engine) yield chunk;
    return engine.bytesWritten;
  } catch (error) {
    throw inflateError(error, entry);
  } finally {
    engine.destroy();
    await feeding.catch(() => {});
  }
}

/** Translates an error of zlib. Any other one comes from the source and is passed on. */
function inflateError(error: unknown, { name, size }: LocatedEntry): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return invalidArchive("content-size", `${JSON.stringify(name)} has more than ${size} bytes`, { cause: error });
  }
  if (code !== "Z_DATA_ERROR" && code !== "Z_BUF_ERROR" && code !== "Z_NEED_DICT") return error;
  return invalidArchive("content-deflate", `${JSON.stringify(name)} is not valid deflated data`, { cause: error });
}
