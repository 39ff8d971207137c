import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { CaseContext } from "./case-context.ts";

const LINUX_DESCRIPTORS = "/proc/self/fd";

/** How many files and sockets this process has open; where the system does not tell, how many handles Node knows of. */
export function countDescriptors(): number {
  return existsSync(LINUX_DESCRIPTORS)
    ? readdirSync(LINUX_DESCRIPTORS).length
    : process.getActiveResourcesInfo().length;
}

const WARM_UP = 3;
const ROUNDS = 11;

/**
 * Asserts that doing something again and again holds no more descriptors, sockets and timers than doing it a few times: a
 * pool of connections may fill, but not grow.
 */
export async function assertNoGrowth(context: CaseContext, round: () => Promise<void>): Promise<void> {
  const counts = { descriptors: countDescriptors, "sockets and timers": countResources };
  for (let turn = 0; turn < WARM_UP; turn++) await round();
  const before = Object.entries(counts).map(([what, count]) => ({ what, count, held: count() }));
  for (let turn = 0; turn < ROUNDS; turn++) await round();
  for (const { what, count, held } of before) {
    await assertReleased(context, () => count() - held < ROUNDS / 2, `the ${what} of ${ROUNDS} calls`);
  }
}

function countResources(): number {
  return process.getActiveResourcesInfo().length;
}

/** Asserts that what was held comes back soon: `isReleased` is asked until it says so. */
export async function assertReleased(
  { patienceMs }: CaseContext,
  isReleased: () => boolean,
  what: string,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isReleased()) {
    assert.ok(performance.now() < deadline, `${what} are given back`);
    await delay(10);
  }
}
