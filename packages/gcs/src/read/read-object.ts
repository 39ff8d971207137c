import { type FileInfo, type ReadRangeOptions, rangeWithin, resumedContent } from "@stowage/core/driver";
import { classify, isTransient } from "../classify.ts";
import { Crc32c } from "../crc32c.ts";
import { fileInfo } from "../file-info.ts";
import type { GcsConnection } from "../gcs-connection.ts";
import { GcsError } from "../gcs-error.ts";
import type { HttpReply } from "../http/http-reply.ts";
import { type DownloadOptions, type OpenedObject, openDownload } from "./open-download.ts";
import { getResource } from "./stat-object.ts";

/** Downloads an object: its description and its bytes come in one answer, and are of one generation to the end. */
export async function readObject(
  connection: GcsConnection,
  key: string,
  { range, signal }: ReadRangeOptions,
): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
  const { reply, object, crc32c } = await open(connection, key, { range, signal });
  const { size, generation } = object;
  const { start, end } = rangeWithin(range, size);
  const isWhole = start === 0 && end === size;
  const content = resumedContent(reply, {
    start,
    end,
    reopen: (from) => reopen(connection, key, { range: { start: from, end }, generation, signal }),
    isRetryable: isTransient,
    signal,
    policy: connection.settings.retry,
    checksum: isWhole && crc32c !== undefined ? { running: new Crc32c(), expected: crc32c } : undefined,
  });
  return { info: fileInfo(key, object), content };
}

/** A download's 404 need not say what is missing. The description of the object does, or tells that it came meanwhile. */
async function open(connection: GcsConnection, key: string, options: DownloadOptions): Promise<OpenedObject> {
  const { signal } = options;
  try {
    return await connection.retrying(signal, () => openDownload(connection, key, options));
  } catch (error) {
    if (!isMissing(error) || classify(error).code !== "INTERNAL") throw error;
    await getResource(connection, key, signal);
    return openDownload(connection, key, options);
  }
}

/** Asks for the rest of the same generation. */
async function reopen(connection: GcsConnection, key: string, options: DownloadOptions): Promise<HttpReply> {
  try {
    const { reply } = await connection.retrying(options.signal, () => openDownload(connection, key, options));
    return reply;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new GcsError("changed", "the object was replaced or deleted while it was read");
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof GcsError && error.status === 404;
}
