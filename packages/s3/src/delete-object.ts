import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { StowageError } from "@stowage/core/driver";
import { classify } from "./classify.ts";
import type { S3Connection } from "./s3-connection.ts";
import { assertUnretained, explainRefusal } from "./write/retention.ts";

/**
 * DeleteObject, unless a retention is in force (`PERMISSION_DENIED`): where versions are kept, S3 would hide the object all the same.
 * Succeeds for a missing key, as S3 does; versitygw answers `NoSuchKey` to one of two deletes at once.
 */
export async function deleteObject(connection: S3Connection, key: string, signal: AbortSignal): Promise<void> {
  await assertUnretained(connection, key, signal).catch((error: unknown) => {
    // Whoever may not look at the object, or looks at none, is told more by what follows.
    if (signal.aborted || error instanceof StowageError || classify(error).retryable) throw error;
  });
  try {
    await connection.request(
      (client, send) => client.send(new DeleteObjectCommand(connection.target(key)), send),
      signal,
    );
  } catch (error) {
    if (classify(error).code !== "NOT_FOUND") await explainRefusal(connection, { key }, { error, signal });
  }
}
