import { join } from "node:path";
import type { Disk } from "../../disk/disk.ts";
import { ensureDirectory, existsOnDisk, holdsFiles, syncOnce, utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { mountsBelow } from "../../disk/mounts-below.ts";
import { removeFileIfPresent, removeIfEmpty, removeTree } from "../../disk/remove-tree.ts";
import { StowageError } from "../../errors.ts";
import { type Journal, readState } from "../folder/journal.ts";
import { DRAFT_NAME, journalPath, LOST_FOLDER, RESTORE_FOLDER, type RestoreLayout } from "../folder/layout.ts";
import { isObstructed, isWork, namesInFolder } from "../folder/own-folder.ts";
import { assertLostFolder, type LostEntry, moveToLost } from "./lost-entries.ts";
import { layoutsOf, mountsOf, pathsTo, swapPlaces } from "./swap-places.ts";

/** Clears up behind a swap that came to an end, forward or back. Says whether there was something. */
export async function settle(
  disk: Disk,
  dataDir: string,
  journal: Journal,
  onLost: (entry: LostEntry) => void = () => {},
): Promise<boolean> {
  const state = await readState(disk, dataDir);
  if (state === "done") {
    await cleanUp(disk, dataDir, journal, onLost);
    return true;
  }
  if (state !== "kept") return false;
  await setConflictsAside(disk, dataDir, journal);
  return (await removeLeftovers(disk, dataDir, journal.id)) === "cleaned";
}

/**
 * Removes what a finished restore leaves behind, the journal last. What appeared during the swap stays in `.stowage/lost`, and so do
 * what no archive holds.
 */
async function cleanUp(
  disk: Disk,
  dataDir: string,
  journal: Journal,
  onLost: (entry: LostEntry) => void,
): Promise<void> {
  await setConflictsAside(disk, dataDir, journal);
  const layouts = layoutsOf(dataDir, journal.id, mountsOf(journal.roots));
  for (const layout of layouts) {
    const from = journal.isRollback === true ? layout.staged : layout.previous;
    await moveToLost(disk, layout, { from, onLost });
  }
  const [own, ...mounts] = layouts;
  for (const layout of mounts) await removeWork(disk, layout);
  if (own) await removeTree(disk, own.work);
  // Without this, a power cut could bring previous content back that no journal explains.
  await syncOnce(disk, join(dataDir, RESTORE_FOLDER));
  await removeFileIfPresent(disk, journalPath(dataDir, "done"));
}

/** Removes the places of a restore that changed nothing. Those in the data directory tell of the others, so they go last. */
export async function discardWork(disk: Disk, dataDir: string, id: string, mounts: readonly string[]): Promise<void> {
  const [own, ...others] = layoutsOf(dataDir, id, mounts);
  for (const layout of others) await removeWork(disk, layout);
  if (own) await removeTree(disk, own.work);
}

/** Removes a restore's places on a mount, durably, because nothing tells of them once those in the data directory are gone. */
async function removeWork(disk: Disk, { work, folder }: RestoreLayout): Promise<void> {
  if (!(await existsOnDisk(disk, folder))) return;
  await removeTree(disk, work);
  await syncOnce(disk, folder);
  await removeIfEmpty(disk, folder);
}

/** Removes everything that no swap needs any more, but refuses to remove previous content (`RECOVERY_REQUIRED`). */
export async function removeLeftovers(disk: Disk, dataDir: string, keptId?: string): Promise<"none" | "cleaned"> {
  const leftovers = await sweepable(disk, dataDir, keptId);
  if (leftovers.length === 0) return "none";
  const mounts = await mountsWithFolder(disk, dataDir);
  for (const name of leftovers) {
    for (const { work, previous } of layoutsOf(dataDir, name, mounts)) {
      if (!(await isObstructed(disk, work))) await assertNoFiles(disk, previous);
    }
  }
  for (const name of leftovers) await discardWork(disk, dataDir, name, name === DRAFT_NAME ? [] : mounts);
  return "cleaned";
}

/** Mounts whose folder of restores, if there is one, is one: what lies behind a link is not looked at. */
async function mountsWithFolder(disk: Disk, dataDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const mount of await mountsBelow(disk, dataDir)) {
    if (!(await isObstructed(disk, join(dataDir, mount, RESTORE_FOLDER)))) found.push(mount);
  }
  return found;
}

async function assertNoFiles(disk: Disk, previous: string): Promise<void> {
  if (!(await holdsFiles(disk, previous))) return;
  const message = `${previous} holds previous data, but no journal says why; move it away by hand`;
  throw new StowageError("RECOVERY_REQUIRED", message, { operation: "recover" });
}

/** What lies in the folder of restores, is of one that ended, and is not kept. */
async function sweepable(disk: Disk, dataDir: string, keptId?: string): Promise<string[]> {
  return (await namesInFolder(disk, dataDir)).filter((name) => isWork(name) && name !== keptId);
}

/** Moves entries that appeared during the swap to where nothing removes them, and warns of it. */
async function setConflictsAside(disk: Disk, dataDir: string, { id, roots }: Journal): Promise<void> {
  const prepared = new Set(roots.flatMap((root) => pathsTo(swapPlaces(dataDir, { id }, root).conflict, root.dir)));
  for (const layout of layoutsOf(dataDir, id, mountsOf(roots))) await keepConflicts(disk, layout, prepared);
}

async function keepConflicts(
  disk: Disk,
  { volume, folder, work, conflict, lost }: RestoreLayout,
  prepared: ReadonlySet<string>,
): Promise<void> {
  if (await holdsMore(disk, conflict, prepared)) {
    await assertLostFolder(disk, folder);
    let free = lost;
    for (let number = 2; await existsOnDisk(disk, free); number++) free = `${lost}.${number}`;
    await ensureDirectory(disk, join(folder, LOST_FOLDER));
    await syncOnce(disk, folder); // what moves into a directory vanishes with it
    await disk.rename(conflict, free);
    process.emitWarning(`entries that appeared in ${volume} while it was restored are kept in ${free}`);
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
