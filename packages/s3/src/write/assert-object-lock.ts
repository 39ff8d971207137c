import { GetObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import { StowageError } from "@stowage/core/driver";
import { classify } from "../classify.ts";
import type { S3Connection } from "../s3-connection.ts";

/**
 * GetObjectLockConfiguration. Throws `CONFIG_INVALID` unless the bucket has object lock: some services store an object without the
 * retention that comes with it, and say nothing. Whoever may not ask goes on: AWS refuses each write to a bucket without it.
 */
export async function assertObjectLock(connection: S3Connection, signal: AbortSignal): Promise<void> {
  try {
    if (await hasObjectLock(connection, signal)) return;
  } catch (error) {
    const { code, retryable } = classify(error);
    if (code === "PERMISSION_DENIED") return;
    if (signal.aborted || retryable) throw error;
    throw withoutLock(error);
  }
  throw withoutLock(undefined);
}

function hasObjectLock(connection: S3Connection, signal: AbortSignal): Promise<boolean> {
  const { bucket: Bucket } = connection.settings;
  return connection.request(async (client, send) => {
    const { ObjectLockConfiguration } = await client.send(new GetObjectLockConfigurationCommand({ Bucket }), send);
    return ObjectLockConfiguration?.ObjectLockEnabled === "Enabled";
  }, signal);
}

function withoutLock(cause: unknown): StowageError {
  const message =
    "objectLock: the bucket has no object lock, or its service has none; enable it for the bucket (with versions), or leave the option out";
  return new StowageError("CONFIG_INVALID", message, cause === undefined ? {} : { cause });
}
