import { randomUUID } from "node:crypto";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { GcsError } from "../gcs-error.ts";
import type { GcsClient } from "../http/gcs-client.ts";
import type { ObjectResource } from "../object-resource.ts";
import { type ContentChunk, contentChunks } from "./content-chunks.ts";
import { ResumableUpload } from "./resumable-upload.ts";
import { uploadInOneRequest } from "./upload-in-one-request.ts";
import type { UploadTarget } from "./upload-target.ts";

/**
 * Stores content: in one request what fits into a chunk, in a resumable upload what does not. Nothing is sent
 * before a first chunk is full or the content has ended, and nothing is committed before it has ended.
 */
export async function writeObject(
  client: GcsClient,
  name: string,
  content: AsyncIterable<Uint8Array>,
  options: WriteObjectOptions,
): Promise<ObjectResource> {
  const { signal, ifNotExists = false, contentType } = options;
  const target = { name, writeId: randomUUID(), ifNotExists, contentType };
  const sizeHint = options.size ?? options.sizeBound;
  const chunks = contentChunks(content, { chunkSize: client.settings.chunkSize, sizeHint });
  const first = await nextChunk(chunks);
  const object = first.isLast
    ? await uploadInOneRequest(client, target, { chunk: first, signal })
    : await uploadInChunks(client, target, { first, chunks, signal });
  return object;
}

interface ChunkedContent {
  readonly first: ContentChunk;
  readonly chunks: AsyncIterator<ContentChunk>;
  readonly signal: AbortSignal;
}

/** Fills the next chunk while the current one is on its way. Cancels the upload if anything fails. */
async function uploadInChunks(
  client: GcsClient,
  target: UploadTarget,
  content: ChunkedContent,
): Promise<ObjectResource> {
  const upload = await ResumableUpload.start(client, target, content.signal);
  try {
    let chunk = content.first;
    while (!chunk.isLast) {
      const following = nextChunk(content.chunks);
      following.catch(() => {}); // thrown again below, unless the upload fails first
      await upload.send(chunk);
      chunk = await following;
    }
    const object = await upload.finish(chunk);
    return object;
  } catch (error) {
    await upload.cancel();
    throw error;
  }
}

async function nextChunk(chunks: AsyncIterator<ContentChunk>): Promise<ContentChunk> {
  const { done, value } = await chunks.next();
  if (done) throw new GcsError("malformed", "the content ended without a last chunk");
  return value;
}
