import { type HolderStop, isConfirmation, SUCCESSOR, stopHolders } from "@stowage/test-kit/lock";
import { expect, it } from "vitest";
import { CHUNK_SIZE } from "./gcs-bed.ts";
import { startLockStorage } from "./lock-storage.ts";

const QUESTION = "while it asks whether it still holds the lock, before";

/** An archive of several chunks, or of one. */
const STOPS: readonly HolderStop[] = [
  { where: "while its upload is being opened", dataSize: 3 * CHUNK_SIZE, at: ({ kind }) => kind === "upload" },
  { where: `${QUESTION} the last chunk`, dataSize: 3 * CHUNK_SIZE, at: isConfirmation },
  { where: `${QUESTION} the only request`, dataSize: 100, at: isConfirmation },
];

it("a holder that was stopped for 3 × ttl changes nothing after it woke, wherever it was stopped", async () => {
  for (const { figures, ...end } of await stopHolders(startLockStorage, STOPS)) {
    console.info(`a holder on GCS stopped ${figures}`);
    expect(end).toEqual({ outcome: "LOCK_LOST", mutations: [], archives: [SUCCESSOR] });
  }
});
