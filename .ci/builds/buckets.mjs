import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startGcsServer, startS3Server } from "../../packages/test-kit/dist/index.js";
import { BUNDLERS } from "./bundlers.mjs";
import { answerOf } from "./scratch.mjs";

export const BUCKET_PROGRAM = "buckets.mjs";

/** Bundlers that take the SDKs along. esbuild's ES modules do not: see docs/builds.md. */
export const BUCKET_BUNDLERS = ["esbuild, CommonJS", "rollup, ESM", "vite, SSR", "webpack"].map((name) => [
  name,
  BUNDLERS[name],
]);

/** Runs a program with a bucket of each service. Throws unless a backup came back from each. Returns what is counted of it. */
export async function runWithBuckets(file, cwd) {
  const [s3, gcs] = await Promise.all([startS3Server(), startGcsServer()]);
  try {
    const buckets = {
      s3: {
        endpoint: s3.endpoint,
        region: s3.region,
        bucket: s3.bucket,
        credentials: s3.credentials,
        forcePathStyle: true,
      },
      gcs: { apiEndpoint: gcs.apiEndpoint, bucket: gcs.bucket, credentials: gcs.credentials },
    };
    const env = { ...process.env, STOWAGE_BUCKETS: JSON.stringify(buckets) };
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd, env, timeout: 120_000 }).catch(
      ({ stderr, message }) => {
        throw new Error((stderr || message).trim().slice(-1_000));
      },
    );
    const restored = answerOf(stdout);
    if (restored.s3 !== "precious" || restored.gcs !== "precious") throw new Error(`restored: ${stdout}`);
    return [s3.requests.length, gcs.requests.length];
  } finally {
    await Promise.all([s3.close(), gcs.close()]);
  }
}
