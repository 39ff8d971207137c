import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { parseRange } from "../body/content-range.ts";
import { GcsReplyError } from "../gcs-reply-error.ts";
import type { StoredObject } from "./object-store.ts";

/** Sends an object's bytes, or the range that the request asks for, with the headers that GCS sends beside them. */
export async function sendObject(
  exchange: { request: IncomingMessage; response: ServerResponse; query: URLSearchParams },
  entry: { object: StoredObject; path: string },
): Promise<void> {
  const { request, response, query } = exchange;
  const size = Number(entry.object.size);
  const range = parseRange(request.headers.range, size);
  if (range === "none")
    throw new GcsReplyError(416, "requestedRangeNotSatisfiable", "The requested range cannot be satisfied.");
  const { start, end } = range ?? { start: 0, end: size };
  response.writeHead(range ? 206 : 200, {
    ...describe(entry.object),
    "content-length": end - start,
    ...(range ? { "content-range": `bytes ${start}-${end - 1}/${size}` } : {}),
    ...dispositionOf(query),
  });
  if (start === end || request.method === "HEAD") {
    response.end();
    return;
  }
  await pipeline(createReadStream(entry.path, { start, end: end - 1 }), response).catch(() => response.destroy());
}

function describe(object: StoredObject): Record<string, string> {
  return {
    "content-type": object.contentType,
    "accept-ranges": "bytes",
    "last-modified": new Date(object.updated).toUTCString(),
    etag: object.etag,
    "x-goog-generation": object.generation,
    "x-goog-metageneration": object.metageneration,
    "x-goog-hash": `crc32c=${object.crc32c},md5=${object.md5Hash}`,
    "x-goog-stored-content-encoding": object.contentEncoding ?? "identity",
    "x-goog-stored-content-length": object.size,
    ...(object.contentEncoding === undefined ? {} : { "content-encoding": object.contentEncoding }),
  };
}

function dispositionOf(query: URLSearchParams): Record<string, string> {
  const disposition = query.get("response-content-disposition");
  return disposition === null ? {} : { "content-disposition": disposition };
}
