/**
 * Makes a bucket: `create-bucket.mjs ENDPOINT BUCKET`. Credentials come from the environment. With `--locked` it has object lock, with
 * `--retaining` also a rule that retains for a day whatever is stored.
 */
import { createRequire } from "node:module";

const require = createRequire(new URL("../../packages/s3/package.json", import.meta.url));
const { CreateBucketCommand, PutObjectLockConfigurationCommand, S3Client } = require("@aws-sdk/client-s3");

const [endpoint, Bucket, kind] = process.argv.slice(2);
const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, maxAttempts: 1 });
await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: kind !== undefined }));
if (kind === "--retaining") {
  const Rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } };
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule };
  await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
}
