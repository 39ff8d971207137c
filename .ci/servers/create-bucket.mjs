/** Makes a bucket: `create-bucket.mjs ENDPOINT BUCKET`. Credentials come from the environment. */
import { createRequire } from "node:module";

const require = createRequire(new URL("../../packages/s3/package.json", import.meta.url));
const { CreateBucketCommand, S3Client } = require("@aws-sdk/client-s3");

const [endpoint, Bucket] = process.argv.slice(2);
const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, maxAttempts: 1 });
await client.send(new CreateBucketCommand({ Bucket }));
