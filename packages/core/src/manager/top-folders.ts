import { join } from "node:path";
import type { SkippedEntry } from "../archive/skipped-entry.ts";
import type { Disk } from "../disk.ts";
import { isMissing, utf8ChildrenOf } from "../restore/disk-steps.ts";
import { RESTORE_FOLDER } from "../restore/layout.ts";
import { isOwnName } from "../restore/own-names.ts";

/** Names at the top of a data directory that may belong to somebody else, as they stand there now. */
export interface TopFolders {
  /** Whether the folder `backups` holds nothing but backups. */
  readonly holdsBackups: boolean;
  /** What of that might be somebody's data after all. */
  readonly warnings: readonly SkippedEntry[];
}

/** Of the file system, which puts there what it finds when it is repaired. */
const FOUND_FOLDER = "lost+found";
/** Where PocketBase keeps its backups. */
export const BACKUPS_FOLDER = "backups";

/**
 * Looks at what is left out and left alone although nobody asked for it: `.stowage`, `lost+found`, and a folder `backups`
 * that holds nothing but zips and has no part of the storage in it.
 */
export async function topFolders(disk: Disk, dataDir: string, storage: readonly string[]): Promise<TopFolders> {
  const holdsStorage = storage.some((name) => name === BACKUPS_FOLDER || name.startsWith(`${BACKUPS_FOLDER}/`));
  const holdsBackups = !holdsStorage && (await holdsOnlyZips(disk, join(dataDir, BACKUPS_FOLDER)));
  const doubtful: string[] = [];
  if (await holdsForeignNames(disk, join(dataDir, RESTORE_FOLDER))) doubtful.push(RESTORE_FOLDER);
  if (holdsBackups) doubtful.push(BACKUPS_FOLDER);
  if (await holdsSomething(disk, join(dataDir, FOUND_FOLDER))) doubtful.push(FOUND_FOLDER);
  return { holdsBackups, warnings: doubtful.map((name) => ({ name, reason: "excluded" })) };
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
  return (await disk.readDirectory(path)).some((name) => !isOwnName(name.toString("latin1")));
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
