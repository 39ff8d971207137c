import type { FileInfo } from "@stowage/core/driver";
import type { BucketConnection, Send } from "../bucket-connection.ts";
import { classify } from "../classify.ts";
import { followSignal } from "../follow-signal.ts";
import { headObject } from "../read/head-object.ts";
import type { ObjectWrite } from "./object-write.ts";

export interface CommitOptions {
  /** Sends the request that makes the object, and resolves with its ETag. */
  readonly send: Send<string>;
  /** Makes sure that the request cannot take effect any more, where the protocol has a way. */
  readonly settle?: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Sends the request that makes the object, and finds out what became of it if the answer does not say.
 *
 * An answer can be lost after the object was made, and the next attempt of a create-only write is then refused by our own
 * object. Every write therefore carries an id, which a look at the object shows. An abort waits `abortGraceMs` for the
 * request: a connection that is cut in the middle leaves open whether an object appears later.
 */
export async function commit(
  connection: BucketConnection,
  write: ObjectWrite,
  options: CommitOptions,
): Promise<FileInfo> {
  const { send, settle, signal } = options;
  signal.throwIfAborted();
  const grace = followSignal(signal, connection.settings.abortGraceMs);
  let isUncertain = false;
  const noteFailure = (error: unknown) => {
    isUncertain ||= classify(error).retryable;
  };
  try {
    const etag = await connection.request(send, grace.signal, noteFailure);
    return await describeOwn(connection, write, etag, grace.signal);
  } catch (error) {
    if (!isUncertain && !grace.signal.aborted) throw error;
    await settle?.();
    const own = await findOwn(connection, write, AbortSignal.timeout(lookMs(connection, signal)));
    if (own) return own;
    throw error;
  } finally {
    grace.detach();
  }
}

/** Describes what was just written as `stat` would; from memory if that cannot be asked: the write has happened all the same. */
async function describeOwn(
  connection: BucketConnection,
  write: ObjectWrite,
  etag: string,
  signal: AbortSignal,
): Promise<FileInfo> {
  const own = await findOwn(connection, write, signal);
  if (own) return own;
  const { key, size, contentType } = write;
  const modifiedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  return { key, size, modifiedAt, ...(etag && { etag }), ...(contentType === undefined ? {} : { contentType }) };
}

/** The object under the key, if this write made it. Nothing if it is another's or cannot be seen. */
async function findOwn(
  connection: BucketConnection,
  { key, id }: ObjectWrite,
  signal: AbortSignal,
): Promise<FileInfo | undefined> {
  try {
    const { info, writeId } = await headObject(connection, key, signal);
    return writeId === id ? info : undefined;
  } catch {
    return undefined;
  }
}

/** After an abort the caller waits; otherwise the outcome matters more. */
function lookMs({ settings }: BucketConnection, signal: AbortSignal): number {
  return signal.aborted ? settings.abortGraceMs : 5 * settings.abortGraceMs;
}
