import { S3Client } from "@aws-sdk/client-s3";
import type { Filesystem } from "@stowage/core";
import { s3Filesystem } from "@stowage/s3";
import { BUCKET, CREDENTIALS } from "./job.ts";

/** Opens the object server's bucket as applications do: with the driver's own part size and concurrency. */
export function openS3(endpoint: string): Filesystem {
  return s3Filesystem({ endpoint, bucket: BUCKET, credentials: CREDENTIALS });
}

/** Opens the object server by the AWS SDK. */
export function openSdk(endpoint: string): S3Client {
  return new S3Client({ endpoint, region: "us-east-1", credentials: CREDENTIALS, forcePathStyle: true });
}
