import { join } from "node:path";
import type { Disk } from "../../disk/disk.ts";
import { isMissing, utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { isHistory } from "../../history/history.ts";
import { RESTORE_FOLDER } from "../../restore/folder/layout.ts";
import { isOwnName } from "../../restore/folder/own-folder.ts";
import { isSnapshot } from "../../snapshot/snapshot-name.ts";

/** Of the file system, which puts there what it finds when it is repaired. */
const FOUND_FOLDER = "lost+found";
/** Where PocketBase keeps its backups. */
export const BACKUPS_FOLDER = "backups";

/** Says whether a folder `backups` is there that holds nothing but zips, and no part of the storage. */
export async function holdsBackups(disk: Disk, dataDir: string, storage: readonly string[]): Promise<boolean> {
  if (storage.some((name) => name === BACKUPS_FOLDER || name.startsWith(`${BACKUPS_FOLDER}/`))) return false;
  return holdsOnlyZips(disk, join(dataDir, BACKUPS_FOLDER));
}

/** Which of the fixed folders at the top of a data directory, or of a mount below it, hold what might be somebody's data after all. */
export async function doubtfulFolders(disk: Disk, top: string): Promise<string[]> {
  const doubtful: string[] = [];
  if (await holdsForeignNames(disk, join(top, RESTORE_FOLDER))) doubtful.push(RESTORE_FOLDER);
  if (await holdsSomething(disk, join(top, FOUND_FOLDER))) doubtful.push(FOUND_FOLDER);
  return doubtful;
}

/** At least one zip, and beside zips only what a lock or a storage of attributes puts there. */
async function holdsOnlyZips(disk: Disk, path: string): Promise<boolean> {
  if ((await typeAt(disk, path)) !== "directory") return false;
  const names = await utf8ChildrenOf(disk, path);
  const zips = names.filter((name) => name.endsWith(".zip"));
  // A lock's objects have the prefix of their application in front of them where several share a storage.
  const isBeside = (name: string) =>
    /(^|\.)\.stowage-/.test(name) || (name.endsWith(".attrs") && names.includes(name.slice(0, -".attrs".length)));
  if (zips.length === 0 || !names.every((name) => name.endsWith(".zip") || isBeside(name))) return false;
  for (const name of zips) if ((await typeAt(disk, join(path, name))) !== "file") return false;
  return true;
}

async function holdsForeignNames(disk: Disk, path: string): Promise<boolean> {
  const type = await typeAt(disk, path);
  if (type !== "directory") return type !== undefined;
  return (await disk.readDirectory(path)).some((name) => !isOwn(name.toString("latin1")));
}

function isOwn(name: string): boolean {
  return isOwnName(name) || isSnapshot(name) || isHistory(name);
}

/** A directory that cannot be read may hold anything. */
async function holdsSomething(disk: Disk, path: string): Promise<boolean> {
  const type = await typeAt(disk, path);
  if (type !== "directory") return type !== undefined;
  return disk.readDirectory(path).then(
    (names) => names.length > 0,
    () => true,
  );
}

async function typeAt(disk: Disk, path: string): Promise<"file" | "directory" | "other" | undefined> {
  try {
    const stats = await disk.lstat(path);
    if (stats.isDirectory()) return "directory";
    return stats.isFile() ? "file" : "other";
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
