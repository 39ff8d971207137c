import type { Disk } from "../../disk/disk.ts";
import { twice, writeDurably } from "../../disk/disk-steps.ts";
import { removeFileIfPresent } from "../../disk/remove-tree.ts";
import { StowageError } from "../../errors.ts";
import { encodeJournal, type Journal, readJournal, readState } from "../folder/journal.ts";
import { draftPath, journalPath } from "../folder/layout.ts";
import { discardWork, settle } from "./clean-up.ts";
import { completeSwap } from "./complete-swap.ts";
import type { LostEntry } from "./lost-entries.ts";
import { prepareSwap } from "./swap.ts";

/**
 * Commits a planned swap and brings it to its end. A failure leaves the content as it was: before the commit with the
 * error as it is, after it as `SWAP_FAILED`. `RECOVERY_REQUIRED` if `recover` has to find out.
 */
export async function performSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  await prepareSwap(disk, dataDir, journal);
  await commit(disk, dataDir, journal);
  const failed = await completeSwap(disk, dataDir, journal);
  if (!failed) return;
  const message = "the data could not be replaced; what was there before is in place";
  throw new StowageError("SWAP_FAILED", message, { cause: failed.cause });
}

/**
 * Clears up after {@link performSwap}, whatever came of it. What cannot be removed, `recover` removes at the next start. Returns
 * what was moved to `lost`.
 */
export async function tidy(
  disk: Disk,
  dataDir: string,
  id: string,
  mounts: readonly string[],
): Promise<readonly LostEntry[]> {
  const lost: LostEntry[] = [];
  try {
    await twice(async () => {
      const found = await readJournal(disk, dataDir);
      if (found === undefined) await discard(disk, dataDir, id, mounts);
      else if (found.state === "done" || found.state === "kept") {
        await settle(disk, dataDir, found.journal, (entry) => lost.push(entry));
      }
    });
  } catch {
    // The caller is told how the swap ended, which matters more.
  }
  return lost;
}

/** Writes the journal aside and renames it, so that it is visible as a whole or not at all. */
async function commit(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  await removeFileIfPresent(disk, draftPath(dataDir));
  await writeDurably(disk, draftPath(dataDir), encodeJournal(journal));
  try {
    // A rollback replaces the journal that keeps the previous content, so that there is never more than one.
    const first = journal.isRollback === true ? "kept" : "swap";
    await disk.rename(draftPath(dataDir), journalPath(dataDir, first));
    if (first !== "swap") await disk.rename(journalPath(dataDir, first), journalPath(dataDir, "swap"));
  } catch (error) {
    if (!(await isCommitted(disk, dataDir, error))) throw error;
  }
}

/** Over a network a rename may happen and still fail. What is visible is committed. */
async function isCommitted(disk: Disk, dataDir: string, cause: unknown): Promise<boolean> {
  try {
    return (await readState(disk, dataDir)) === "swap";
  } catch {
    const message = "nobody can tell whether the restore was committed; recover() must run before the data is used";
    throw new StowageError("RECOVERY_REQUIRED", message, { cause });
  }
}

async function discard(disk: Disk, dataDir: string, id: string, mounts: readonly string[]): Promise<void> {
  await discardWork(disk, dataDir, id, mounts);
  await removeFileIfPresent(disk, draftPath(dataDir));
}
