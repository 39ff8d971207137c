import { DeleteObjectCommand, PutObjectRetentionCommand } from "@aws-sdk/client-s3";
import { headObject } from "../read/head-object.ts";
import type { S3Connection } from "../s3-connection.ts";
import type { RetentionInput } from "./retention.ts";

/** Milliseconds for all of it, whoever aborts: the object is there, and counts as stored only if it is retained. */
const LONGEST_MS = 60_000;

/**
 * Looks whether an object that was stored with a retention has it, and gives it one by PutObjectRetention otherwise: Ceph RGW 16 ignores
 * what CreateMultipartUpload says about it. Nothing tells that from credentials that may not see the retention; for these it is
 * set once more, as it is where nobody can look. An object that cannot be retained is taken back, and the reason thrown.
 */
export async function ensureRetained(connection: S3Connection, key: string, retention: RetentionInput): Promise<void> {
  const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: RetainUntilDate } = retention;
  if (Mode === undefined) return;
  const signal = AbortSignal.timeout(LONGEST_MS);
  const target = connection.target(key);
  try {
    const head = await headObject(connection, key, signal).catch(() => undefined);
    if (head?.retention) return;

    const input = { ...target, VersionId: head?.versionId, Retention: { Mode, RetainUntilDate } };
    await connection.request((client, send) => client.send(new PutObjectRetentionCommand(input), send), signal);
  } catch (error) {
    await connection
      .request((client, send) => client.send(new DeleteObjectCommand(target), send), signal)
      .catch(() => {});
    throw error;
  }
}
