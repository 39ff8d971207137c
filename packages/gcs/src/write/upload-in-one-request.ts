import { randomUUID } from "node:crypto";
import type { GcsConnection } from "../gcs-connection.ts";
import { type ObjectResource, parseObject } from "../object-resource.ts";
import type { ContentChunk } from "./content-chunks.ts";
import { ABORT_GRACE_MS, assertStored, type ObjectWrite, objectMetadata, uploadQuery } from "./object-write.ts";

/** The chunk that ends the content, and who is told of each attempt that failed. */
export interface LastRequest {
  readonly chunk: ContentChunk;
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Stores a whole object by a multipart upload
 * (https://cloud.google.com/storage/docs/uploading-objects#multipart-upload), whose metadata hold the checksum, so
 * that the service refuses damaged bytes.
 */
export async function uploadInOneRequest(
  connection: GcsConnection,
  write: ObjectWrite,
  { chunk, signal, onFailure }: LastRequest,
): Promise<ObjectResource> {
  const boundary = randomUUID();
  const request = {
    method: "POST" as const,
    path: connection.uploadPath,
    query: { uploadType: "multipart", ...uploadQuery(connection, write) },
    headers: { "content-type": `multipart/related; boundary=${boundary}` },
    body: multipartRelated(boundary, write, chunk),
    signal,
    abortGraceMs: ABORT_GRACE_MS,
  };
  const attempt = async () => {
    const object = parseObject(await connection.json(request));
    assertStored(object, chunk);
    return object;
  };
  return connection.retrying(signal, attempt, onFailure);
}

function multipartRelated(boundary: string, write: ObjectWrite, chunk: ContentChunk): Uint8Array[] {
  const metadata = JSON.stringify({ ...objectMetadata(write), crc32c: chunk.crc32c });
  const head = [
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${metadata}\r\n`,
    `--${boundary}\r\ncontent-type: ${write.contentType ?? "application/octet-stream"}\r\n\r\n`,
  ];
  return [Buffer.from(head.join("")), chunk.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)];
}
