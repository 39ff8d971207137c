import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { BucketConnection } from "./bucket-connection.ts";

/** DeleteObject. Succeeds for a missing key, as S3 does. */
export async function deleteObject(connection: BucketConnection, key: string, signal: AbortSignal): Promise<void> {
  await connection.request(
    (client, send) => client.send(new DeleteObjectCommand(connection.target(key)), send),
    signal,
  );
}
