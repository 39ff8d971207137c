import { join } from "node:path";
import { classifyDiskError } from "../classify-disk-error.ts";
import { type Disk, nodeDisk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { removeLeftovers, settle, sweepable } from "./clean-up.ts";
import { completeSwap, completeUndo } from "./complete-swap.ts";
import { type Journal, readJournal, readState } from "./journal.ts";
import { type JournalState, RESTORE_FOLDER } from "./layout.ts";

/** What `recover` found: nothing, leftovers of a restore that changed nothing, a restore it completed or undid. */
export type Recovery = "none" | "cleaned" | "completed" | "undone";

/**
 * Finishes what an interrupted restore left in the data directory. Call it before the application opens its files; a
 * restore calls it first. It can itself be interrupted any number of times.
 *
 * A restore that cannot be completed is undone, with a warning of the process that says why. `RECOVERY_REQUIRED` if that
 * fails too: the next call goes on. `JOURNAL_CORRUPT`, and `RECOVERY_REQUIRED` for previous content that no journal
 * explains, touch nothing. Content kept by `keepPrevious` stays.
 */
export async function recover(dataDir: string, { disk = nodeDisk }: { disk?: Disk } = {}): Promise<Recovery> {
  try {
    const found = await readJournal(disk, dataDir);
    return found ? await finish(disk, dataDir, found) : await removeLeftovers(disk, dataDir);
  } catch (error) {
    if (error instanceof StowageError) throw error;
    const { code, retryable } = classifyDiskError(error);
    const message = `cannot recover ${dataDir}: ${error instanceof Error ? error.message : String(error)}`;
    throw new StowageError(code, message, { operation: "recover", retryable, cause: error });
  }
}

/** Says whether `recover` has something to do in the data directory. Changes nothing. */
export async function needsRecovery(dataDir: string, { disk = nodeDisk }: { disk?: Disk } = {}): Promise<boolean> {
  const state = await readState(disk, dataDir);
  if (state !== undefined && state !== "kept") return true;
  const kept = state === "kept" ? await readJournal(disk, dataDir) : undefined;
  return (await sweepable(disk, dataDir, kept?.journal.id)).length > 0;
}

/** Throws `RECOVERY_REQUIRED` while the data directory may hold a part of the old content and a part of the new. */
export async function assertSettled(disk: Disk, dataDir: string): Promise<void> {
  const state = await readState(disk, dataDir);
  if (state !== "swap" && state !== "undo") return;
  throw new StowageError("RECOVERY_REQUIRED", `a restore of ${dataDir} was interrupted; run recover() first`);
}

async function finish(
  disk: Disk,
  dataDir: string,
  { state, journal }: { state: JournalState; journal: Journal },
): Promise<Recovery> {
  if (state === "swap") {
    const failed = await completeSwap(disk, dataDir, journal);
    if (failed) warn(dataDir, failed.cause);
    await settle(disk, dataDir, journal);
    return failed ? "undone" : "completed";
  }
  if (state === "undo") await completeUndo(disk, dataDir, journal);
  // A killed process may leave a state that is visible and not durable yet.
  else await disk.syncDirectory(join(dataDir, RESTORE_FOLDER));
  const swept = await settle(disk, dataDir, journal);
  if (state === "kept") return swept ? "cleaned" : "none";
  return state === "undo" ? "undone" : "completed";
}

function warn(dataDir: string, cause: unknown): void {
  const why = cause instanceof Error ? cause.message : String(cause);
  process.emitWarning(`an interrupted restore of ${dataDir} was undone, because it could not be completed: ${why}`);
}
