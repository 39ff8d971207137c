import { runLockRace } from "@stowage/test-kit/lock";
import { expect, it } from "vitest";
import { startLockStorage } from "./lock-storage.ts";

it("8 hosts that lose replies, die and sleep never hold the lock at once, and leave no generation behind", async () => {
  const { figures, ...verdict } = await runLockRace(await startLockStorage());

  console.info(`lock on GCS: ${figures}`);
  expect(verdict).toMatchObject({ hasSeenEnough: true, overlaps: [], falls: 0, orphans: [] });
});
