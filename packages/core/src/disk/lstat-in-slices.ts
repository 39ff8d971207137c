import { type BigIntStats, lstatSync, type Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { DiskPath } from "./disk.ts";
import { PLATFORM } from "./platform.ts";
import { statCallsOn } from "./stat-calls.ts";

/** The longest that the process is kept from anything else, or one call if that takes longer. */
const SLICE_MS = 2;
/** A disk that answers fewer calls in a slice is far away, or has to look: then waiting for several at once is faster. */
const CALLS_OF_A_FAST_DISK = 20;
/** Calls under way at the same time on such a disk. */
const BATCH_SIZE = 64;

/**
 * Calls `lstat` for many paths in the calling thread, which takes a fraction of the time of a call through the thread pool for each.
 * Lets the process do something else after each slice. Settles each on its own.
 */
export function lstatInSlices(
  paths: readonly DiskPath[],
  calls: Calls<Stats> = statCallsOn(PLATFORM),
): Promise<PromiseSettledResult<Stats>[]> {
  return inSlices(paths, calls);
}

/** The same with numbers of any size, and times to the nanosecond. */
export function lstatExactlyInSlices(paths: readonly DiskPath[]): Promise<PromiseSettledResult<BigIntStats>[]> {
  const exactly = { bigint: true } as const;
  return inSlices(paths, { now: (path) => lstatSync(path, exactly), later: (path) => lstat(path, exactly) });
}

interface Calls<Result> {
  now(path: DiskPath): Result;
  later(path: DiskPath): Promise<Result>;
}

async function inSlices<Result>(
  paths: readonly DiskPath[],
  calls: Calls<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = [];
  while (results.length < paths.length) {
    const before = results.length;
    if (callOneSlice(paths, results, calls)) return results;
    await setImmediate();
    if (results.length - before >= CALLS_OF_A_FAST_DISK) continue;
    const batch = paths.slice(results.length, results.length + BATCH_SIZE);
    results.push(...(await Promise.allSettled(batch.map((path) => calls.later(path)))));
  }
  return results;
}

/** Adds to the results for as long as a slice takes. Returns whether that was all. */
function callOneSlice<Result>(
  paths: readonly DiskPath[],
  results: PromiseSettledResult<Result>[],
  { now }: Calls<Result>,
): boolean {
  const endsAt = performance.now() + SLICE_MS;
  for (let index = results.length; index < paths.length; index += 1) {
    if (performance.now() >= endsAt) return false;
    results.push(settled(now, paths[index] ?? ""));
  }
  return true;
}

function settled<Result>(call: (path: DiskPath) => Result, path: DiskPath): PromiseSettledResult<Result> {
  try {
    return { status: "fulfilled", value: call(path) };
  } catch (reason) {
    return { status: "rejected", reason };
  }
}
