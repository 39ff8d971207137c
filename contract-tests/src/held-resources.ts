import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const LINUX_DESCRIPTORS = "/proc/self/fd";
const PATIENCE_MS = 2_000;

/** How many files and sockets this process has open; where the system does not tell, how many handles Node knows of. */
export function countDescriptors(): number {
  return existsSync(LINUX_DESCRIPTORS)
    ? readdirSync(LINUX_DESCRIPTORS).length
    : process.getActiveResourcesInfo().length;
}

/** Asserts that what was held comes back soon: `isReleased` is asked until it says so. */
export async function assertReleased(isReleased: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isReleased()) {
    assert.ok(performance.now() < deadline, `${what} are given back`);
    await delay(10);
  }
}
