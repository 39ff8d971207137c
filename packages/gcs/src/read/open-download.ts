import { type ReadRangeOptions, rangeHeader, sizeByContentRange } from "@stowage/core/driver";
import type { GcsConnection } from "../gcs-connection.ts";
import { GcsError, pageInstead } from "../gcs-error.ts";
import type { HttpReply } from "../http/http-reply.ts";
import type { ObjectResource } from "../object-resource.ts";

export interface DownloadOptions extends Omit<ReadRangeOptions, "memory"> {
  /** The version that must still be there. */
  readonly generation?: string;
}

export interface OpenedObject {
  /** The bytes. */
  readonly reply: HttpReply;
  readonly object: Pick<ObjectResource, "size" | "generation" | "createdAt" | "contentType">;
  /** Of the whole object, whatever the range. */
  readonly crc32c: string | undefined;
}

/** Objects: get, up to the first byte. Rejects unless the range that was asked for is the one that comes. */
export async function openDownload(
  connection: GcsConnection,
  key: string,
  { range, generation, signal }: DownloadOptions,
): Promise<OpenedObject> {
  const header = rangeHeader(range);
  const reply = await connection.send({
    path: connection.objectPath(key),
    query: { alt: "media", ...(generation === undefined ? {} : { generation }) },
    headers: {
      "accept-encoding": "gzip", // as it is stored: otherwise objects with a content encoding come unpacked
      ...(header === undefined ? {} : { range: header }),
    },
    signal,
  });
  try {
    return opened(reply, range);
  } catch (error) {
    reply.discard();
    throw error;
  }
}

function opened(reply: HttpReply, range: DownloadOptions["range"]): OpenedObject {
  const size = range ? sizeOfRange(reply, range) : sizeOfWhole(reply);
  const generation = reply.header("x-goog-generation");
  const createdAt = new Date(reply.header("last-modified") ?? "");
  if (generation === undefined && reply.header("content-type")?.startsWith("text/html"))
    throw pageInstead(reply.status);
  if (!Number.isSafeInteger(size) || generation === undefined || Number.isNaN(createdAt.getTime())) {
    throw new GcsError("malformed", "the answer describes no object");
  }
  const object = { size, generation, createdAt, contentType: reply.header("content-type") };
  return { reply, object, crc32c: /crc32c=([\w+/=]+)/.exec(reply.header("x-goog-hash") ?? "")?.[1] };
}

function sizeOfRange(reply: HttpReply, range: NonNullable<DownloadOptions["range"]>): number {
  const size = sizeByContentRange(reply.header("content-range"), range);
  if (reply.status !== 206 || size === undefined) throw new GcsError("malformed", "the service ignored the range");
  return size;
}

function sizeOfWhole(reply: HttpReply): number {
  return Number(reply.header("x-goog-stored-content-length") ?? reply.header("content-length"));
}
