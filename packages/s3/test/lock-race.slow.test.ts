import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeS3Request, runLockRace } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { optionsFor, startBed } from "./bed.ts";

const SEED = 20_261_122;

it("8 hosts that lose replies, die and sleep never hold the lock at once, and leave no generation behind", async () => {
  const { server } = await startBed();
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-s3-data-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  await writeFile(join(dataDir, "data.db"), "a database");

  const { figures, ...verdict } = await runLockRace({
    target: server.endpoint,
    describe: describeS3Request,
    program: join(import.meta.dirname, "lock-client.mjs"),
    storageAt: (endpoint) => optionsFor(server, endpoint),
    dataDir,
    clients: 8,
    lockTtlMs: 2_000,
    durationMs: 18_000,
    seed: SEED,
  });

  console.info(`lock on S3: ${figures}`);
  expect(verdict).toMatchObject({ hasSeenEnough: true, overlaps: [], falls: 0, orphans: [] });
});
