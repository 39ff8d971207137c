import { isSameFile } from "../archive/create/open-file-to-back-up.ts";
import { pathOf, type Walk, type WalkedEntry } from "../archive/create/walk-directory.ts";
import type { WalkedDirectories } from "../archive/create/walked-directories.ts";
import type { Disk } from "../disk/disk.ts";
import { errnoOf } from "../disk/errno-of.ts";
import type { FileIdentity } from "../disk/open-files.ts";
import { StowageError } from "../errors.ts";

/**
 * Tells which file lies where a walk saw one: the same, or one that was put in its place, right in the directory that the walk saw.
 * Nothing if it is gone. `SOURCE_CHANGED` if the path leads elsewhere: a directory above it was swapped, or the file for a link.
 */
export async function fileInPlace(
  entry: WalkedEntry,
  { root, realRoot }: Pick<Walk, "root" | "realRoot">,
  { disk, directories }: { disk: Pick<Disk, "lstat" | "realPath">; directories: WalkedDirectories },
): Promise<FileIdentity | undefined> {
  const path = pathOf(root, entry.name);
  try {
    const found = await disk.lstat(path);
    if (isSameFile(found, entry)) return found;
    const isRight = found.isFile() && (await directories.isParentSame(entry));
    if (isRight && (await disk.realPath(path)) === pathOf(realRoot, entry.name)) return found;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  throw movedError(entry.name);
}

export function movedError(name: string): StowageError {
  const message = `${JSON.stringify(name)} is another file than before, or its directory is: one was swapped while it was copied; back it up while nobody does so`;
  return new StowageError("SOURCE_CHANGED", message);
}
