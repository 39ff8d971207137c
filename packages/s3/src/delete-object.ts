import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { classify } from "./classify.ts";
import type { S3Connection } from "./s3-connection.ts";

/** DeleteObject. Succeeds for a missing key, as S3 does; versitygw answers `NoSuchKey` to one of two deletes at once. */
export async function deleteObject(connection: S3Connection, key: string, signal: AbortSignal): Promise<void> {
  try {
    await connection.request(
      (client, send) => client.send(new DeleteObjectCommand(connection.target(key)), send),
      signal,
    );
  } catch (error) {
    if (classify(error).code !== "NOT_FOUND") throw error;
  }
}
