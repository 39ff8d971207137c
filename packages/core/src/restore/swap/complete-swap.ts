import { join } from "node:path";
import type { Disk } from "../../disk/disk.ts";
import { StowageError } from "../../errors.ts";
import { type Journal, readState } from "../folder/journal.ts";
import { type JournalState, journalPath, RESTORE_FOLDER } from "../folder/layout.ts";
import { redoSwap, undoSwap } from "./swap.ts";

/**
 * Brings a committed swap to its end, or back to its beginning if that fails: returns the error after which the content
 * is as it was before. `RECOVERY_REQUIRED` if neither can be had; the journal stays for the next attempt.
 *
 * Every failure is undone, also that of a sync. A sync reports an error once and is never repeated for the same moves:
 * going back moves each entry once more, and it is these moves that are made durable.
 */
export async function completeSwap(
  disk: Disk,
  dataDir: string,
  journal: Journal,
): Promise<{ cause: unknown } | undefined> {
  try {
    await disk.syncDirectory(join(dataDir, RESTORE_FOLDER));
    await redoSwap(disk, dataDir, journal);
    await changeState(disk, dataDir, endOf(journal));
    return undefined;
  } catch (cause) {
    await goBack(disk, dataDir, journal, cause);
    return { cause };
  }
}

/** Undoes a swap, from wherever it or an earlier undo stopped. */
export async function completeUndo(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  await changeState(disk, dataDir, "undo");
  await undoSwap(disk, dataDir, journal);
  await changeState(disk, dataDir, journal.isRollback === true ? "kept" : "done");
}

async function goBack(disk: Disk, dataDir: string, journal: Journal, cause: unknown): Promise<void> {
  try {
    await completeUndo(disk, dataDir, journal);
  } catch (error) {
    const message = "the data could not be replaced, nor could that be undone; recover() must run before it is used";
    throw new StowageError("RECOVERY_REQUIRED", message, { cause: new AggregateError([cause, error]) });
  }
}

function endOf({ keepPrevious = false, isRollback = false }: Journal): JournalState {
  return keepPrevious && !isRollback ? "kept" : "done";
}

/** Renames the journal, which is the whole change of state, and makes that durable. */
export async function changeState(disk: Disk, dataDir: string, to: JournalState): Promise<void> {
  const from = await readState(disk, dataDir);
  if (from === undefined) throw new StowageError("RECOVERY_REQUIRED", `the journal in ${dataDir} has vanished`);
  if (from !== to) await disk.rename(journalPath(dataDir, from), journalPath(dataDir, to));
  await disk.syncDirectory(join(dataDir, RESTORE_FOLDER));
}
