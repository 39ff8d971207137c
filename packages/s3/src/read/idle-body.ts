import type { Readable } from "node:stream";
import { IdleWatch, watchedChunks } from "@stowage/core/driver";
import { bareError, S3Error } from "../s3-error.ts";

/** Yields a body that fails when nothing of it comes for `idleTimeoutMs` while somebody waits, without the SDK's own errors. */
export function idleBody(stream: Readable, idleTimeoutMs: number): AsyncIterable<Uint8Array> {
  stream.on("error", () => {}); // it may break while nobody waits: the next chunk tells
  const timeout = () => new S3Error("TimeoutError", `no byte came for ${idleTimeoutMs} ms`);
  return bare(watchedChunks(stream, new IdleWatch(idleTimeoutMs, () => stream.destroy(timeout()))));
}

async function* bare(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* chunks;
  } catch (error) {
    throw bareError(error);
  }
}
