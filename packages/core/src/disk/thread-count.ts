import { availableParallelism } from "node:os";
import type { Disk } from "./disk.ts";

const MOST = 4;

/**
 * How many threads are to work on a disk for an archive of about so many bytes: `workers`, or as many as there are processors, at most
 * four. None where they would not pay or cannot be had.
 */
export function threadCount(
  { threads }: Pick<Disk, "threads">,
  { archiveSize, workers }: { readonly archiveSize: number; readonly workers: number | undefined },
): number {
  if (!threads || archiveSize < threads.worthwhileSize || workers === 0 || threads.whyNot()) return 0;
  return workers ?? Math.min(availableParallelism(), MOST);
}
