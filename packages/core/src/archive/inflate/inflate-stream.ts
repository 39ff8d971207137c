import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw, type ZlibOptions } from "node:zlib";
import type { ArchiveEntry } from "../format/central-header.ts";
import { checkConsumed } from "./check-content.ts";
import { inflateError } from "./inflate.ts";

const CHUNK_SIZE = 512 * 1024;
/** So far zlib goes on while the reader is busy. */
const AHEAD_SIZE = 2 * 1024 * 1024;

/**
 * Yields content that can only be inflated from its start to its end, in chunks that the caller may keep: in Node's thread pool,
 * a little ahead of the reader. Throws `INVALID_ARCHIVE` if the bytes are not deflated data or go on behind its end.
 */
export async function* inflateStream(
  deflated: AsyncIterable<Uint8Array>,
  entry: ArchiveEntry,
): AsyncGenerator<Uint8Array> {
  const engine = createInflateRaw({ chunkSize: CHUNK_SIZE, readableHighWaterMark: AHEAD_SIZE } as ZlibOptions);
  const feeding = pipeline(Readable.from(deflated, { highWaterMark: 1 }), engine);
  feeding.catch(() => {}); // the loop below sees the same error
  try {
    for await (const chunk of engine) yield chunk;
    checkConsumed(entry, engine.bytesWritten);
  } catch (error) {
    throw inflateError(error, entry);
  } finally {
    engine.destroy();
    await feeding.catch(() => {});
  }
}
