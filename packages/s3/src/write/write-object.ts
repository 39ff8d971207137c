import { randomUUID } from "node:crypto";
import { type FileInfo, StowageError, type WriteObjectOptions } from "@stowage/core/driver";
import type { S3Connection } from "../s3-connection.ts";
import { commit } from "./commit.ts";
import { ensureRetained } from "./ensure-retained.ts";
import { MultipartUpload } from "./multipart-upload.ts";
import type { ObjectWrite } from "./object-write.ts";
import { type Part, PartReader } from "./part-reader.ts";
import { choosePartSizes } from "./part-sizes.ts";
import { putObject } from "./put-object.ts";
import { assertUnretained, explainRefusal, retentionOf } from "./retention.ts";
import { uploadParts } from "./upload-parts.ts";

/**
 * Stores content, unless that would replace an object under a retention (`PERMISSION_DENIED`). What cannot be described is not
 * looked at: nothing is lost, as a version under a retention stays whatever is written over it.
 */
export async function writeObject(
  connection: S3Connection,
  key: string,
  content: AsyncIterable<Uint8Array>,
  options: WriteObjectOptions,
): Promise<FileInfo> {
  const { signal, ifNotExists = false } = options;
  if (!ifNotExists && connection.mayRetain !== false) {
    await assertUnretained(connection, key, signal).catch((error: unknown) => {
      if (signal.aborted || error instanceof StowageError) throw error;
    });
  }
  const retention = retentionOf(connection, key);
  const info = await store(connection, { key, retention }, content, options).catch((error: unknown) =>
    explainRefusal(connection, { key, ifNotExists }, { error, signal }),
  );
  await ensureRetained(connection, key, retention);
  return info;
}

/** Sends one request if all fits into one part, and parts otherwise. Holds `concurrency` parts at most. */
async function store(
  connection: S3Connection,
  { key, retention }: Pick<ObjectWrite, "key" | "retention">,
  content: AsyncIterable<Uint8Array>,
  options: WriteObjectOptions,
): Promise<FileInfo> {
  const { signal, ifNotExists = false, contentType } = options;
  const { partSize, maxParts } = connection.settings;
  const bound = options.size ?? options.sizeBound;
  const reader = new PartReader(content, choosePartSizes(partSize, bound, maxParts));
  const first = await reader.next();
  const write = { key, id: randomUUID(), ifNotExists, contentType, retention, size: first.bytes.length };
  if (!first.isLast) return writeInParts(connection, write, { first, reader, signal });
  return commit(connection, write, { send: putObject(connection, write, first.bytes), signal });
}

/** Leaves no upload open, whatever fails. */
async function writeInParts(
  connection: S3Connection,
  write: ObjectWrite,
  { first, reader, signal }: { first: Part; reader: PartReader; signal: AbortSignal },
): Promise<FileInfo> {
  const { concurrency } = connection.settings;
  const upload = await MultipartUpload.start(connection, write, signal);
  try {
    const parts = await uploadParts(upload, reader, { first, concurrency, signal });
    const send = upload.complete(parts, write);
    return await commit(connection, { ...write, size: reader.size }, { send, settle: () => upload.abort(), signal });
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
