import { randomUUID } from "node:crypto";
import type { FileInfo, WriteObjectOptions } from "@stowage/core/driver";
import { fileInfo } from "../file-info.ts";
import type { GcsConnection } from "../gcs-connection.ts";
import { GcsError } from "../gcs-error.ts";
import type { ObjectResource } from "../object-resource.ts";
import { commit } from "./commit.ts";
import { type ContentChunk, contentChunks } from "./content-chunks.ts";
import type { ObjectWrite } from "./object-write.ts";
import { ResumableUpload } from "./resumable-upload.ts";
import { uploadInOneRequest } from "./upload-in-one-request.ts";

/**
 * Stores content: in one request what fits into a chunk, in a resumable upload what does not. Nothing is sent
 * before a first chunk is full or the content has ended, and nothing is committed before it has ended.
 */
export async function writeObject(
  connection: GcsConnection,
  key: string,
  content: AsyncIterable<Uint8Array>,
  options: WriteObjectOptions,
): Promise<FileInfo> {
  const { signal, ifNotExists = false, contentType } = options;
  const write = { key, id: randomUUID(), ifNotExists, contentType };
  const sizeHint = options.size ?? options.sizeBound;
  const chunks = contentChunks(content, { chunkSize: connection.settings.chunkSize, sizeHint });
  const first = await nextChunk(chunks);
  if (!first.isLast) return fileInfo(key, await uploadInChunks(connection, write, { first, chunks, signal }));
  const send = (onFailure: (error: unknown) => void) =>
    uploadInOneRequest(connection, write, { chunk: first, signal, onFailure });
  return fileInfo(key, await commit(connection, write, { send, last: first, signal }));
}

interface ChunkedContent {
  readonly first: ContentChunk;
  readonly chunks: AsyncIterator<ContentChunk>;
  readonly signal: AbortSignal;
}

/** Fills the next chunk while the current one is on its way. Cancels the upload if anything fails. */
async function uploadInChunks(
  connection: GcsConnection,
  write: ObjectWrite,
  { first, chunks, signal }: ChunkedContent,
): Promise<ObjectResource> {
  const upload = await ResumableUpload.start(connection, write, signal);
  try {
    let chunk = first;
    while (!chunk.isLast) {
      const following = nextChunk(chunks);
      following.catch(() => {}); // thrown again below, unless the upload fails first
      await upload.send(chunk);
      chunk = await following;
    }
    const last = chunk;
    const send = (onFailure: (error: unknown) => void) => upload.finish(last, onFailure);
    return await commit(connection, write, { send, settle: () => upload.cancel(), last, signal });
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
