import type { Readable } from "node:stream";
import { type FileInfo, type ReadRangeOptions, rangeWithin, resumedContent, StowageError } from "@stowage/core/driver";
import { classify } from "../classify.ts";
import { Crc32 } from "../crc32.ts";
import type { S3Connection } from "../s3-connection.ts";
import { type GetOptions, getObject } from "./get-object.ts";
import { idleBody } from "./idle-body.ts";

/** Opens the object and reads it to the end, over as many connections as it takes. All bytes are of one version. */
export async function readObject(
  connection: S3Connection,
  key: string,
  { range, signal }: ReadRangeOptions,
): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
  const { idleTimeoutMs, retry: policy } = connection.settings;
  const { info, body, crc32 } = await getObject(connection, key, { range, signal });
  const { start, end } = rangeWithin(range, info.size);
  const isWhole = start === 0 && end === info.size;
  const content = resumedContent(idleBody(body, idleTimeoutMs), {
    start,
    end,
    reopen: async (from) =>
      idleBody(await reopen(connection, info, { range: { start: from, end }, signal }), idleTimeoutMs),
    isRetryable: (error) => classify(error).retryable,
    signal,
    policy,
    checksum: isWhole && crc32 !== undefined ? { running: new Crc32(), expected: crc32 } : undefined,
  });
  return { info, content };
}

/** Asks for the rest of the same version. */
async function reopen(connection: S3Connection, { key, etag }: FileInfo, options: GetOptions): Promise<Readable> {
  try {
    const { info, body } = await getObject(connection, key, { ...options, ifMatch: etag });
    if (info.etag === etag) return body;
    body.destroy(); // a service that ignores If-Match
    throw replaced();
  } catch (error) {
    throw classify(error).code === "ALREADY_EXISTS" ? replaced() : error;
  }
}

function replaced(): StowageError {
  return new StowageError("UNAVAILABLE", "the object was replaced while it was read");
}
