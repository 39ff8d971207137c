import { join } from "node:path";
import { describeGcsRequest } from "@stowage/test-kit";
import type { LockStorage } from "@stowage/test-kit/lock";
import { CHUNK_SIZE, makeGcsBed } from "./gcs-bed.ts";

/** Starts a bucket for whose lock processes contend, gone when the test is over. */
export async function startLockStorage(): Promise<LockStorage> {
  const { server } = await makeGcsBed();
  const { bucket, credentials } = server;
  return {
    target: server.apiEndpoint,
    requests: server.requests,
    describe: describeGcsRequest,
    program: join(import.meta.dirname, "lock-client.mjs"),
    storageAt: (apiEndpoint) => ({ bucket, credentials, apiEndpoint, chunkSize: CHUNK_SIZE, retry: { baseMs: 1 } }),
    keys: () => server.objectNames(),
  };
}
