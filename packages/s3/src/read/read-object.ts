import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { type FileInfo, StowageError } from "@stowage/core/driver";
import type { BucketConnection } from "../bucket-connection.ts";
import { classify } from "../classify.ts";
import { encodeCrc32 } from "../crc32.ts";
import { getObject, type OpenedObject, type Range } from "./get-object.ts";
import { IdleBody } from "./idle-body.ts";

/** Times that a body may break without a byte in between. */
const MAX_STALLS = 3;

interface ReadOptions {
  readonly range?: Range | undefined;
  readonly signal: AbortSignal;
}

/** Opens the object and reads it to the end, over as many connections as it takes. All bytes are of one version. */
export async function readObject(
  connection: BucketConnection,
  key: string,
  options: ReadOptions,
): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
  const first = await getObject(connection, key, options);
  return { info: first.info, content: resumedContent(connection, first, options) };
}

/** Yields the body, and goes on with a further request where a connection drops, hangs or ends early. */
async function* resumedContent(
  connection: BucketConnection,
  { info, body: firstBody, crc32: checksum }: OpenedObject,
  { range = { start: 0 }, signal }: ReadOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const end = Math.min(range.end ?? info.size, info.size);
  let body = new IdleBody(firstBody, connection.settings.idleTimeoutMs);
  let position = range.start;
  let sum = 0;
  let stalls = 0;
  try {
    while (position < end) {
      const piece = await body.next();
      if (piece.chunk) {
        position += piece.chunk.length;
        sum = crc32(piece.chunk, sum);
        stalls = 0;
        yield piece.chunk;
        continue;
      }
      signal.throwIfAborted();
      if (++stalls > MAX_STALLS || !classify(piece.failure).retryable) throw piece.failure;
      body.destroy();
      await pause(connection, stalls, signal);
      body = new IdleBody(
        await resume(connection, info, { range: { start: position, end }, signal }),
        connection.settings.idleTimeoutMs,
      );
    }
    const isWhole = range.start === 0 && end === info.size;
    if (isWhole && checksum !== undefined && checksum !== encodeCrc32(sum)) throw damaged();
  } finally {
    body.destroy();
  }
}

/** Asks for the rest of the same version. */
async function resume(
  connection: BucketConnection,
  { key, etag }: FileInfo,
  { range, signal }: { range: Range; signal: AbortSignal },
): Promise<Readable> {
  try {
    const { info, body } = await getObject(connection, key, { range, signal, ifMatch: etag });
    if (info.etag === etag) return body;
    body.destroy(); // a service that ignores If-Match
    throw replaced();
  } catch (error) {
    throw classify(error).code === "ALREADY_EXISTS" ? replaced() : error;
  }
}

async function pause({ settings }: BucketConnection, stalls: number, signal: AbortSignal): Promise<void> {
  const { baseMs = 200, capMs = 10_000 } = settings.retry;
  const pauseMs = Math.random() * Math.min(capMs, baseMs * 2 ** (stalls - 1));
  await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}

function replaced(): StowageError {
  return new StowageError("UNAVAILABLE", "the object was replaced while it was read");
}

function damaged(): StowageError {
  return new StowageError("CHECKSUM_MISMATCH", "the bytes that came are not those that were stored");
}
