import { type HolderStop, isConfirmation, SUCCESSOR, stopHolders } from "@stowage/test-kit/lock";
import { expect, it } from "vitest";
import { PART_SIZE } from "./bed.ts";
import { startLockStorage } from "./lock-storage.ts";

const QUESTION = "while it asks whether it still holds the lock, before";

/** An archive of several parts, or of one. */
const STOPS: readonly HolderStop[] = [
  { where: "before it reads the data", dataSize: 20 * PART_SIZE },
  { where: "while the first part is on its way", dataSize: 20 * PART_SIZE, at: isPart(1) },
  { where: "while the last part is on its way", dataSize: 20 * PART_SIZE, at: isPart(21) },
  { where: `${QUESTION} the upload`, dataSize: 20 * PART_SIZE, at: isConfirmation },
  { where: `${QUESTION} PutObject`, dataSize: 100, at: isConfirmation },
];

it("a holder that was stopped for 3 × ttl changes nothing after it woke, wherever it was stopped", async () => {
  for (const { figures, ...end } of await stopHolders(startLockStorage, STOPS)) {
    console.info(`a holder on S3 stopped ${figures}`);
    expect(end).toEqual({ outcome: "LOCK_LOST", mutations: [], archives: [SUCCESSOR] });
  }
});

/** Matches the nth part of an upload, which is opened by one request before. */
function isPart(number: number): HolderStop["at"] {
  return ({ kind }, earlier) =>
    kind === "upload" && earlier.filter((request) => request.kind === "upload").length === number;
}
