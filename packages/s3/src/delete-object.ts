import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { BucketConnection } from "./bucket-connection.ts";
import { classify } from "./classify.ts";

/** DeleteObject. Succeeds for a missing key, as S3 does; versitygw answers `NoSuchKey` to one of two deletes at once. */
export async function deleteObject(connection: BucketConnection, key: string, signal: AbortSignal): Promise<void> {
  try {
    await connection.request(
      (client, send) => client.send(new DeleteObjectCommand(connection.target(key)), send),
      signal,
    );
  } catch (error) {
    if (classify(error).code !== "NOT_FOUND") throw error;
  }
}
