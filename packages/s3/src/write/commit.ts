import { type FileInfo, provenWrite } from "@stowage/core/driver";
import { classify } from "../classify.ts";
import { plainETag } from "../file-info.ts";
import { followSignal } from "../follow-signal.ts";
import { headObject } from "../read/head-object.ts";
import type { S3Connection, Send } from "../s3-connection.ts";
import type { ObjectWrite } from "./object-write.ts";

export interface CommitOptions {
  /** Sends the request that makes the object, and resolves with its ETag. */
  readonly send: Send<string>;
  /** Makes sure that the request cannot take effect any more, where the protocol has a way. */
  readonly settle?: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Sends the request that makes the object, and finds out what became of it if the answer does not say. An abort waits
 * `abortGraceMs` for the request: a connection that is cut in the middle leaves open whether an object appears later.
 */
export async function commit(connection: S3Connection, write: ObjectWrite, options: CommitOptions): Promise<FileInfo> {
  const { send, settle, signal } = options;
  const { abortGraceMs: graceMs } = connection.settings;
  const grace = followSignal(signal, graceMs);
  try {
    return await provenWrite({
      send: async (noteFailure) => {
        const etag = await connection.request(send, grace.signal, noteFailure);
        return describeOwn(connection, write, etag, grace.signal);
      },
      isUncertain: (error) => classify(error).retryable,
      ...(settle && { settle }),
      findOwn: (look) => findOwn(connection, write, look),
      signal,
      graceMs,
    });
  } finally {
    grace.detach();
  }
}

/** Describes what was just written as `stat` would; from memory if that cannot be asked: the write has happened all the same. */
async function describeOwn(
  connection: S3Connection,
  write: ObjectWrite,
  etag: string,
  signal: AbortSignal,
): Promise<FileInfo> {
  const own = await findOwn(connection, write, signal).catch(() => undefined);
  if (own) return own;
  const { key, size, contentType } = write;
  const modifiedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  return {
    key,
    size,
    modifiedAt,
    ...(etag && { etag: plainETag(etag) }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

/** The object under the key, if this write made it. */
async function findOwn(
  connection: S3Connection,
  { key, id }: ObjectWrite,
  signal: AbortSignal,
): Promise<FileInfo | undefined> {
  const { info, writeId } = await headObject(connection, key, signal);
  return writeId === id ? info : undefined;
}
