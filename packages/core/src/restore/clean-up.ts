import { join } from "node:path";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { ensureDirectory, existsOnDisk, holdsFiles, syncOnce, utf8ChildrenOf } from "./disk-steps.ts";
import { type Journal, readState } from "./journal.ts";
import { JOURNAL_STATES, journalPath, LOST_FOLDER, RESTORE_FOLDER, restoreLayout } from "./layout.ts";
import { removeFileIfPresent, removeIfEmpty, removeTree } from "./remove-tree.ts";

/** Clears up behind a swap that came to an end, forward or back. Says whether there was something. */
export async function settle(disk: Disk, dataDir: string, journal: Journal): Promise<boolean> {
  const state = await readState(disk, dataDir);
  if (state === "done") {
    await cleanUp(disk, dataDir, journal);
    return true;
  }
  if (state !== "kept") return false;
  await setConflictsAside(disk, dataDir, journal);
  return (await removeLeftovers(disk, dataDir, journal.id)) === "cleaned";
}

/** Removes what a finished restore leaves behind, the journal last. What appeared during the swap stays in `.stowage/lost`. */
async function cleanUp(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const { folder, work } = restoreLayout(dataDir, journal.id);
  await setConflictsAside(disk, dataDir, journal);
  await removeTree(disk, work);
  // Without this, a power cut could bring previous content back that no journal explains.
  await syncOnce(disk, folder);
  await removeFileIfPresent(disk, journalPath(dataDir, "done"));
  await removeIfEmpty(disk, folder);
}

/** Removes everything that no swap needs any more, but refuses to remove previous content (`RECOVERY_REQUIRED`). */
export async function removeLeftovers(disk: Disk, dataDir: string, keptId?: string): Promise<"none" | "cleaned"> {
  const folder = join(dataDir, RESTORE_FOLDER);
  const leftovers = await sweepable(disk, dataDir, keptId);
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

/** What lies in the folder of restores and belongs neither to a journal nor to what is kept for good. */
export async function sweepable(disk: Disk, dataDir: string, keptId?: string): Promise<string[]> {
  const journals = JOURNAL_STATES.map((state) => `${state}.json`);
  const needed = new Set([LOST_FOLDER, ...journals, ...(keptId === undefined ? [] : [keptId])]);
  return (await utf8ChildrenOf(disk, join(dataDir, RESTORE_FOLDER))).filter((name) => !needed.has(name));
}

/** Moves entries that appeared during the swap to where nothing removes them, and warns of it. */
async function setConflictsAside(disk: Disk, dataDir: string, { id, roots }: Journal): Promise<void> {
  const { folder, work, conflict, lost } = restoreLayout(dataDir, id);
  const prepared = new Set(roots.map(({ dir }) => join(conflict, dir)));
  if (await holdsMore(disk, conflict, prepared)) {
    let free = lost;
    for (let number = 2; await existsOnDisk(disk, free); number++) free = `${lost}.${number}`;
    await ensureDirectory(disk, join(folder, LOST_FOLDER));
    await syncOnce(disk, folder); // what moves into a directory vanishes with it
    await disk.rename(conflict, free);
    process.emitWarning(`entries that appeared in ${dataDir} while it was restored are kept in ${free}`);
  }
  const isDurable = !(await existsOnDisk(disk, join(folder, LOST_FOLDER))) || !(await existsOnDisk(disk, work));
  if (isDurable) return; // nothing was moved, or this was done before the rest was removed
  for (const directory of [join(folder, LOST_FOLDER), work]) await syncOnce(disk, directory);
}

/** Says whether anything but the given directories lies below a directory. */
async function holdsMore(disk: Disk, directory: string, prepared: ReadonlySet<string>): Promise<boolean> {
  for (const name of await utf8ChildrenOf(disk, directory)) {
    const child = join(directory, name);
    if (!prepared.has(child) || (await holdsMore(disk, child, prepared))) return true;
  }
  return false;
}
