import { eachConcurrently } from "../../concurrency/job-queue.ts";
import type { Disk } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import type { Owner } from "../format/owner.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { Refusals } from "./refusals.ts";

const CONCURRENCY = 8;
const IMPLIED_MODE = 0o755;

interface FinishOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly syncsEach: boolean;
  readonly owners: ReadonlyMap<string, Owner>;
  readonly refusals: Refusals;
  readonly signal: AbortSignal;
}

/**
 * Sets what is to be set of directories, as far as the file system keeps it. Children first, since everything that happens in a
 * directory changes its time; the owner before the mode, which a change of it may take bits of.
 */
export async function finishDirectories(
  directories: ReadonlyMap<string, PlacedEntry | undefined>,
  { directory, disk, syncsEach, owners, refusals, signal }: FinishOptions,
): Promise<void> {
  const bottomUp = [...directories].reverse();
  await eachConcurrently(bottomUp, { limit: CONCURRENCY, signal }, async ([name, entry]) => {
    const path = pathBelow(directory, name);
    const owner = owners.get(name);
    if (owner) await refusals.attempt("owner", name, () => disk.setOwner(path, owner, { isReal: true }));
    const mode = (entry?.mode ?? IMPLIED_MODE) & 0o3777;
    await refusals.attempt("mode", name, () => disk.setMode(path, mode, { isReal: true }));
    const modifiedAt = entry?.modifiedAt;
    if (modifiedAt) {
      await refusals.attempt("time", name, () => disk.setModifiedAt(path, modifiedAt, { isReal: true }));
    }
    if (syncsEach) await disk.syncDirectory(path);
  });
  if (syncsEach) await disk.syncDirectory(directory);
}
