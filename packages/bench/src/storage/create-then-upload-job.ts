import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Upload } from "@aws-sdk/lib-storage";
import { localFilesystem } from "@stowage/local";
import { CONCURRENCY, PART_SIZE } from "../transfer/job.ts";
import { createJob } from "./create-job.ts";
import { BUCKET, KEY, type StorageOrder } from "./job.ts";
import { openSdk } from "./open-s3.ts";
import type { StorageJob } from "./storage-job.ts";

/** What people do without a driver for S3: a backup in `directory`, and the upload of that file by the SDK's helper. */
export async function createThenUploadJob({ endpoint, directory, source }: StorageOrder): Promise<StorageJob> {
  const client = openSdk(endpoint);
  const { action: create, close } = await createJob(localFilesystem({ directory }), source ?? "");
  const action: StorageJob["action"] = async (stopwatch) => {
    const made = await create(stopwatch);
    const params = { Bucket: BUCKET, Key: KEY, Body: createReadStream(join(directory, KEY)) };
    await new Upload({ client, params, partSize: PART_SIZE, queueSize: CONCURRENCY }).done();
    return made;
  };
  return {
    action,
    canWarmUp: false,
    close: async () => {
      client.destroy();
      await close?.();
    },
  };
}
