import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  describeS3Request,
  type LockRequest,
  runStoppedHolder,
  SLEEPER,
  type StoppedHolder,
  SUCCESSOR,
} from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { optionsFor, PART_SIZE, startBed } from "./bed.ts";

/** Where a holder is stopped, and how much data it backs up: an archive of several parts, or of one. */
const STOPS: readonly [string, number, StoppedHolder["stopAt"]][] = [
  ["before it reads the data", 20 * PART_SIZE, undefined],
  ["while the first part is on its way", 20 * PART_SIZE, isPart(1)],
  ["while the last part is on its way", 20 * PART_SIZE, isPart(21)],
  ["while it asks whether it still holds the lock, before the upload", 20 * PART_SIZE, isConfirmation],
  ["while it asks whether it still holds the lock, before PutObject", 100, isConfirmation],
];

it("a holder that was stopped for 3 × ttl changes nothing after it woke, wherever it was stopped", async () => {
  const results = await Promise.allSettled(STOPS.map(([, size, stopAt]) => stopHolder(size, stopAt)));

  for (const [index, result] of results.entries()) {
    if (result.status === "rejected") throw result.reason;
    const { outcome, requestsAwake, mutations, keys } = result.value;
    const figures = `${requestsAwake} requests, ${mutations.length} of them mutations`;
    console.info(`a holder on S3 stopped ${STOPS[index]?.[0]}: ${outcome}; after it woke: ${figures}`);
    expect({ outcome, mutations }).toEqual({ outcome: "LOCK_LOST", mutations: [] });
    expect(keys).toContain(SUCCESSOR);
    expect(keys).not.toContain(SLEEPER);
  }
});

async function stopHolder(size: number, stopAt: StoppedHolder["stopAt"]) {
  const { server } = await startBed();
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-s3-data-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  await writeFile(join(dataDir, "data.db"), randomBytes(size));
  const result = await runStoppedHolder({
    server,
    target: server.endpoint,
    describe: describeS3Request,
    program: join(import.meta.dirname, "lock-client.mjs"),
    storageAt: (endpoint) => optionsFor(server, endpoint),
    dataDir,
    lockTtlMs: 3_000,
    ...(stopAt && { stopAt }),
  });
  return { ...result, keys: server.keys() };
}

/** Matches the nth part of an upload, which is opened by one request before. */
function isPart(number: number): StoppedHolder["stopAt"] {
  return ({ kind }, earlier) =>
    kind === "upload" && earlier.filter((request) => request.kind === "upload").length === number;
}

/** The first list that a holder asks for behind the one by which it took the lock. */
function isConfirmation({ kind }: LockRequest, earlier: readonly LockRequest[]): boolean {
  return kind === "list" && earlier.some((request) => request.kind === "create");
}
