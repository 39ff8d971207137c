import type { Readable } from "node:stream";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { CONCURRENCY, KEY, PART_SIZE } from "../job.ts";
import type { ClientOptions, StorageClient } from "./storage-client.ts";

/** Opens the AWS SDK as its documentation shows it: the upload helper, and a plain GetObject. */
export function sdkS3Client({ place }: ClientOptions): StorageClient {
  const { endpoint, bucket } = place;
  const credentials = place.credentials as { accessKeyId: string; secretAccessKey: string };
  const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  const target = { Bucket: bucket, Key: KEY };
  return {
    async upload(content) {
      const params = { ...target, Body: content };
      await new Upload({ client, params, partSize: PART_SIZE, queueSize: CONCURRENCY }).done();
    },
    async download() {
      const { Body } = await client.send(new GetObjectCommand(target));
      if (!Body) throw new Error("the answer has no body");
      return Body as Readable;
    },
    close: async () => client.destroy(),
  };
}
