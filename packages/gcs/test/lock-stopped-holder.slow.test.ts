import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  describeGcsRequest,
  type LockRequest,
  runStoppedHolder,
  SLEEPER,
  type StoppedHolder,
  SUCCESSOR,
} from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { CHUNK_SIZE, makeGcsBed } from "./gcs-bed.ts";

/** Where a holder is stopped, and how much data it backs up: an archive of several chunks, or of one. */
const STOPS: readonly [string, number, StoppedHolder["stopAt"]][] = [
  ["while its upload is being opened", 3 * CHUNK_SIZE, ({ kind }) => kind === "upload"],
  ["while it asks whether it still holds the lock, before the last chunk", 3 * CHUNK_SIZE, isConfirmation],
  ["while it asks whether it still holds the lock, before the only request", 100, isConfirmation],
];

it("a holder that was stopped for 3 × ttl changes nothing after it woke, wherever it was stopped", async () => {
  const results = await Promise.allSettled(STOPS.map(([, size, stopAt]) => stopHolder(size, stopAt)));

  for (const [index, result] of results.entries()) {
    if (result.status === "rejected") throw result.reason;
    const { outcome, requestsAwake, mutations, names } = result.value;
    const figures = `${requestsAwake} requests, ${mutations.length} of them mutations`;
    console.info(`a holder on GCS stopped ${STOPS[index]?.[0]}: ${outcome}; after it woke: ${figures}`);
    expect({ outcome, mutations }).toEqual({ outcome: "LOCK_LOST", mutations: [] });
    expect(names).toContain(SUCCESSOR);
    expect(names).not.toContain(SLEEPER);
  }
});

async function stopHolder(size: number, stopAt: StoppedHolder["stopAt"]) {
  const { server } = await makeGcsBed();
  const { bucket, credentials } = server;
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-gcs-data-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  await writeFile(join(dataDir, "data.db"), randomBytes(size));
  const result = await runStoppedHolder({
    server,
    target: server.apiEndpoint,
    describe: describeGcsRequest,
    program: join(import.meta.dirname, "lock-client.mjs"),
    storageAt: (apiEndpoint) => ({ bucket, credentials, apiEndpoint, chunkSize: CHUNK_SIZE, retry: { baseMs: 1 } }),
    dataDir,
    lockTtlMs: 3_000,
    ...(stopAt && { stopAt }),
  });
  return { ...result, names: server.objectNames() };
}

/** The first list that a holder asks for behind the one by which it took the lock. */
function isConfirmation({ kind }: LockRequest, earlier: readonly LockRequest[]): boolean {
  return kind === "list" && earlier.some((request) => request.kind === "create");
}
