import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeGcsRequest, runLockRace } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { CHUNK_SIZE, makeGcsBed } from "./gcs-bed.ts";

const SEED = 20_261_122;

it("8 hosts that lose replies, die and sleep never hold the lock at once, and leave no generation behind", async () => {
  const { server } = await makeGcsBed();
  const { bucket, credentials } = server;
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-gcs-data-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  await writeFile(join(dataDir, "data.db"), "a database");

  const { figures, ...verdict } = await runLockRace({
    target: server.apiEndpoint,
    describe: describeGcsRequest,
    program: join(import.meta.dirname, "lock-client.mjs"),
    storageAt: (apiEndpoint) => ({ bucket, credentials, apiEndpoint, chunkSize: CHUNK_SIZE, retry: { baseMs: 1 } }),
    dataDir,
    clients: 8,
    lockTtlMs: 2_000,
    durationMs: 18_000,
    seed: SEED,
  });

  console.info(`lock on GCS: ${figures}`);
  expect(verdict).toMatchObject({ hasSeenEnough: true, overlaps: [], falls: 0, orphans: [] });
});
