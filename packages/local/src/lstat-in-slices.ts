import { type BigIntStats, lstatSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { errnoOf } from "@stowage/core/driver";

/** The longest that the process is kept from anything else, or one call if that takes longer. */
const SLICE_MS = 2;
/** A disk that answers fewer calls in a slice is far away, or has to look: then waiting for several at once is faster. */
const CALLS_OF_A_FAST_DISK = 20;
/** Calls under way at the same time on such a disk. */
const BATCH_SIZE = 64;

/**
 * Calls `lstat` for many paths in the calling thread, which takes a fraction of the time of a call through the thread pool for
 * each. Lets the process do something else after each slice, and at the end.
 */
export async function lstatInSlices(paths: readonly string[]): Promise<(BigIntStats | undefined)[]> {
  const results: (BigIntStats | undefined)[] = [];
  while (results.length < paths.length) {
    const calls = lstatOneSlice(paths, results);
    await setImmediate();
    if (calls >= CALLS_OF_A_FAST_DISK) continue;
    results.push(...(await lstatInPool(paths.slice(results.length, results.length + BATCH_SIZE))));
  }
  return results;
}

/** Adds to the results for as long as a slice takes. Returns the number of calls. */
function lstatOneSlice(paths: readonly string[], results: (BigIntStats | undefined)[]): number {
  const start = results.length;
  const endsAt = performance.now() + SLICE_MS;
  for (const path of paths.slice(start)) {
    results.push(lstatNow(path));
    if (performance.now() >= endsAt) break;
  }
  return results.length - start;
}

function lstatNow(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    return nothingIfMissing(error);
  }
}

function lstatInPool(paths: readonly string[]): Promise<(BigIntStats | undefined)[]> {
  return Promise.all(paths.map((path) => lstat(path, { bigint: true }).catch(nothingIfMissing)));
}

function nothingIfMissing(error: unknown): undefined {
  if (errnoOf(error) !== "ENOENT") throw error;
}
