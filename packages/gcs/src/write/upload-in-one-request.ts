import { randomUUID } from "node:crypto";
import type { GcsClient } from "../http/gcs-client.ts";
import { type ObjectResource, parseObject } from "../object-resource.ts";
import type { ContentChunk } from "./content-chunks.ts";
import {
  ABORT_GRACE_MS,
  assertStored,
  findOwnObject,
  isTaken,
  objectMetadata,
  type UploadTarget,
  uploadQuery,
} from "./upload-target.ts";

/**
 * Stores a whole object by a multipart upload
 * (https://cloud.google.com/storage/docs/uploading-objects#multipart-upload), whose metadata hold the checksum, so
 * that the service refuses damaged bytes.
 */
export async function uploadInOneRequest(
  client: GcsClient,
  target: UploadTarget,
  { chunk, signal }: { chunk: ContentChunk; signal: AbortSignal },
): Promise<ObjectResource> {
  const boundary = randomUUID();
  const request = {
    method: "POST" as const,
    path: client.uploadPath,
    query: { uploadType: "multipart", ...uploadQuery(target) },
    headers: { "content-type": `multipart/related; boundary=${boundary}` },
    body: multipartRelated(boundary, target, chunk),
    signal,
    abortGraceMs: ABORT_GRACE_MS,
  };
  return client.retrying(signal, async (attempt) => {
    try {
      const object = parseObject(await client.json(request));
      assertStored(object, chunk);
      return object;
    } catch (error) {
      const own = attempt > 1 && isTaken(error) ? await findOwnObject(client, target, signal) : undefined;
      if (own) return own;
      throw error;
    }
  });
}

function multipartRelated(boundary: string, target: UploadTarget, chunk: ContentChunk): Uint8Array[] {
  const metadata = JSON.stringify({ ...objectMetadata(target), crc32c: chunk.crc32c });
  const head = [
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${metadata}\r\n`,
    `--${boundary}\r\ncontent-type: ${target.contentType ?? "application/octet-stream"}\r\n\r\n`,
  ];
  return [Buffer.from(head.join("")), chunk.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)];
}
