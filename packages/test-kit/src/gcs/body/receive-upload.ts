import type { IncomingMessage } from "node:http";
import { invalid } from "../gcs-reply-error.ts";
import type { ObjectMetadata, ObjectStore, StoredObject } from "../store/object-store.ts";
import { readMultipartRelated } from "./multipart-related.ts";
import type { Spool } from "./spool.ts";

const MAX_METADATA_SIZE = 1024 * 1024;

/** Stores the object of a simple (`media`) or a `multipart` upload. A body that breaks off stores nothing. */
export async function receiveUpload(
  request: IncomingMessage,
  query: URLSearchParams,
  store: ObjectStore,
): Promise<StoredObject> {
  const spool = await store.createSpool();
  let metadata: ObjectMetadata;
  try {
    metadata =
      query.get("uploadType") === "multipart"
        ? await receiveMultipart(request, spool)
        : await receiveMedia(request, spool);
  } catch (error) {
    await store.discard(spool);
    throw error;
  }
  return store.commit(objectName(query, metadata), spool, { metadata, query });
}

/** Reads the JSON metadata that start a resumable upload. */
export async function receiveMetadata(request: IncomingMessage): Promise<ObjectMetadata> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_METADATA_SIZE) throw invalid("The metadata are too large.");
    chunks.push(chunk);
  }
  const contentType = request.headers["x-upload-content-type"];
  const metadata = size === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as ObjectMetadata);
  return typeof contentType === "string" ? { contentType, ...metadata } : metadata;
}

export function objectName(query: URLSearchParams, metadata: ObjectMetadata): string {
  const name = query.get("name") ?? metadata.name ?? "";
  if (name === "") throw invalid("Required parameter: name");
  if (Buffer.byteLength(name) > 1_024 || /[\r\n]/.test(name))
    throw invalid(`Invalid object name: ${JSON.stringify(name)}`);
  return name;
}

function receiveMultipart(request: IncomingMessage, spool: Spool): Promise<ObjectMetadata> {
  return readMultipartRelated(request as AsyncIterable<Buffer>, request.headers["content-type"] ?? "", spool);
}

async function receiveMedia(request: IncomingMessage, spool: Spool): Promise<ObjectMetadata> {
  for await (const chunk of request as AsyncIterable<Buffer>) await spool.append(chunk);
  const contentType = request.headers["content-type"];
  return contentType === undefined ? {} : { contentType };
}
