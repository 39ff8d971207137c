import { join } from "node:path";
import { classifyDiskError } from "../disk/classify-disk-error.ts";
import type { Disk } from "../disk/disk.ts";
import { nodeDisk } from "../disk/node-disk.ts";
import { removeIfEmpty } from "../disk/remove-tree.ts";
import { StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";
import { whileClaimed } from "./claim/claim.ts";
import { isClaim } from "./folder/claim-name.ts";
import { type Journal, readJournal, readState } from "./folder/journal.ts";
import { type JournalState, journalName, RESTORE_FOLDER } from "./folder/layout.ts";
import { isOwnName, namesInFolder } from "./folder/own-folder.ts";
import { checkRecover, type RecoverOptions } from "./recover-options.ts";
import { removeLeftovers, settle } from "./swap/clean-up.ts";
import { completeSwap, completeUndo } from "./swap/complete-swap.ts";
import { assertMountsThere } from "./swap/missing-mounts.ts";

/** What `recover` found: nothing, leftovers of a restore that changed nothing, a restore it completed or undid. */
export type Recovery = "none" | "cleaned" | "completed" | "undone";

/**
 * Finishes what an interrupted restore left in the data directory. Call it before the application opens its files; a
 * restore calls it first. It can itself be interrupted any number of times, and be called by several processes at once: one
 * does the work and the others wait for it. `BUSY` if that one lives on, or is in the middle of a restore.
 *
 * A restore that cannot be completed is undone, with a warning of the process that says why. `RECOVERY_REQUIRED` if that
 * fails too: the next call goes on. `JOURNAL_CORRUPT`, and `RECOVERY_REQUIRED` for previous content that no journal
 * explains or for a mount that a restore worked on and that is missing, touch nothing. Content kept by `keepPrevious` stays.
 */
export async function recover(dataDir: string, options: RecoverOptions = {}): Promise<Recovery> {
  checkRecover("recover", dataDir, options);
  const { disk = nodeDisk, patienceMs } = options;
  try {
    if (await isUntouched(disk, dataDir)) return "none";
    return await whileClaimed({ disk, dataDir, patienceMs }, async ({ isTakenOver }) => {
      const recovery = await finishInterrupted(disk, dataDir);
      return recovery === "none" && isTakenOver ? "cleaned" : recovery;
    });
  } catch (error) {
    if (error instanceof StowageError) throw error;
    const { code, retryable } = classifyDiskError(error);
    const message = `cannot recover ${dataDir}: ${messageOf(error)}`;
    throw new StowageError(code, message, { operation: "recover", retryable, cause: error });
  }
}

/** The same for one that has claimed the data directory. */
export async function finishInterrupted(disk: Disk, dataDir: string): Promise<Recovery> {
  const found = await readJournal(disk, dataDir);
  return found ? await finish(disk, dataDir, found) : await removeLeftovers(disk, dataDir);
}

/** Says whether `recover` has something to do in the data directory, or to wait for. Changes nothing. */
export async function needsRecovery(dataDir: string, options: { disk?: Disk } = {}): Promise<boolean> {
  checkRecover("needsRecovery", dataDir, options);
  const { disk = nodeDisk } = options;
  const names = (await namesInFolder(disk, dataDir)).filter(isOwnName);
  const rest = names.filter((name) => name !== journalName("kept"));
  if (rest.length === 0 || !names.includes(journalName("kept")) || rest.some(isClaim)) return rest.length > 0;
  const kept = await readJournal(disk, dataDir);
  return rest.some((name) => name !== kept?.journal.id);
}

/** Throws `RECOVERY_REQUIRED` while the data directory may hold a part of the old content and a part of the new. */
export async function assertSettled(disk: Disk, dataDir: string): Promise<void> {
  const state = await readState(disk, dataDir);
  if (state !== "swap" && state !== "undo") return;
  throw new StowageError("RECOVERY_REQUIRED", `a restore of ${dataDir} was interrupted; run recover() first`);
}

/** Says whether nothing of a restore is there that could ever be in the way. */
async function isUntouched(disk: Disk, dataDir: string): Promise<boolean> {
  if ((await namesInFolder(disk, dataDir)).some(isOwnName)) return false;
  await removeIfEmpty(disk, join(dataDir, RESTORE_FOLDER));
  return true;
}

async function finish(
  disk: Disk,
  dataDir: string,
  { state, journal }: { state: JournalState; journal: Journal },
): Promise<Recovery> {
  await assertMountsThere(disk, dataDir, { state, journal });
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
  const why = messageOf(cause);
  process.emitWarning(`an interrupted restore of ${dataDir} was undone, because it could not be completed: ${why}`);
}
