import { join } from "node:path";
import { describeS3Request } from "@stowage/test-kit";
import type { LockStorage } from "@stowage/test-kit/lock";
import { optionsFor, startBed } from "./bed.ts";

/** Starts a bucket for whose lock processes contend, gone when the test is over. */
export async function startLockStorage(): Promise<LockStorage> {
  const { server } = await startBed();
  return {
    target: server.endpoint,
    requests: server.requests,
    describe: describeS3Request,
    program: join(import.meta.dirname, "lock-client.mjs"),
    storageAt: (endpoint) => optionsFor(server, endpoint),
    keys: () => server.keys(),
  };
}
