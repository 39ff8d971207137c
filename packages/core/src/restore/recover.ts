import { join } from "node:path";
import { type Disk, nodeDisk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { ensureDirectory, holdsFiles, utf8ChildrenOf } from "./disk-steps.ts";
import { readJournal } from "./journal.ts";
import { type JournalState, journalPath, RESTORE_FOLDER, restoreLayout } from "./layout.ts";
import { removeFileIfPresent, removeIfEmpty, removeTree } from "./remove-tree.ts";
import { redoSwap, undoSwap } from "./swap.ts";

/** What `recover` found: nothing, leftovers of a restore that changed nothing, a restore it completed or undid. */
export type Recovery = "none" | "cleaned" | "completed" | "undone";

/**
 * Finishes what an interrupted restore left in the data directory. Call it before the application opens its files; a
 * restore calls it first. It can itself be interrupted any number of times. `JOURNAL_CORRUPT` and `RECOVERY_REQUIRED`
 * touch nothing.
 */
export async function recover(dataDir: string, { disk = nodeDisk }: { disk?: Disk } = {}): Promise<Recovery> {
  const found = await readJournal(disk, dataDir);
  if (!found) return removeLeftovers(disk, dataDir);
  const { state, journal } = found;
  if (state === "swap") await redoSwap(disk, dataDir, journal);
  if (state === "undo") await undoSwap(disk, dataDir, journal);
  if (state !== "done") await changeState(disk, dataDir, state, "done");
  await cleanUp(disk, dataDir, journal.id);
  return state === "undo" ? "undone" : "completed";
}

/** Says whether `recover` has something to do in the data directory. Changes nothing. */
export async function needsRecovery(dataDir: string, { disk = nodeDisk }: { disk?: Disk } = {}): Promise<boolean> {
  const children = await utf8ChildrenOf(disk, join(dataDir, RESTORE_FOLDER));
  return children.some((name) => name !== "lost");
}

/** Renames the journal, which is the whole change of state, and makes that durable. */
export async function changeState(disk: Disk, dataDir: string, from: JournalState, to: JournalState): Promise<void> {
  await disk.rename(journalPath(dataDir, from), journalPath(dataDir, to));
  await disk.syncDirectory(join(dataDir, RESTORE_FOLDER));
}

/** Removes what a finished restore leaves behind, the journal last. What appeared during the swap stays in `.stowage/lost`. */
export async function cleanUp(disk: Disk, dataDir: string, id: string): Promise<void> {
  const layout = restoreLayout(dataDir, id);
  if (await holdsFiles(disk, layout.conflict)) {
    await ensureDirectory(disk, join(layout.folder, "lost"));
    await disk.rename(layout.conflict, layout.lost);
    await disk.syncDirectory(join(layout.folder, "lost"));
  }
  await removeTree(disk, layout.work);
  await removeFileIfPresent(disk, journalPath(dataDir, "done"));
  await removeIfEmpty(disk, layout.folder);
}

/** Without a journal nothing was moved, so staged content can go. Previous content must not be there at all. */
async function removeLeftovers(disk: Disk, dataDir: string): Promise<Recovery> {
  const folder = join(dataDir, RESTORE_FOLDER);
  const leftovers = (await utf8ChildrenOf(disk, folder)).filter((name) => name !== "lost");
  for (const name of leftovers) {
    const { previous } = restoreLayout(dataDir, name);
    if (!(await holdsFiles(disk, previous))) continue;
    const message = `${previous} holds previous data, but no journal says why; move it away by hand`;
    throw new StowageError("RECOVERY_REQUIRED", message, { operation: "recover" });
  }
  for (const name of leftovers) await removeTree(disk, join(folder, name));
  await removeIfEmpty(disk, folder);
  return leftovers.length > 0 ? "cleaned" : "none";
}
