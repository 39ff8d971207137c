import { dirname } from "node:path";
import type { Disk } from "../disk/disk.ts";
import { existsOnDisk } from "../disk/disk-steps.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { removeIfEmpty } from "../disk/remove-tree.ts";
import { StowageError } from "../errors.ts";

const MODE = 0o755;

/**
 * Makes a directory with its missing parents, durably: what is restored into it must not vanish with it. Returns those that
 * were made, outermost first. `CONFIG_INVALID` if it, or one above it, is there and no directory.
 */
export async function makeDataDirectory(disk: Disk, directory: string): Promise<string[]> {
  try {
    return await makeMissing(disk, directory);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOTDIR") throw cause;
    throw new StowageError("CONFIG_INVALID", `dataDir: ${JSON.stringify(directory)} is not a directory`, { cause });
  }
}

async function makeMissing(disk: Disk, directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (let path = directory; !(await existsOnDisk(disk, path)); path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  try {
    for (const path of missing) {
      if (!(await isMade(disk, path))) continue;
      made.push(path);
      await disk.setMode(path, MODE);
      await disk.syncDirectory(dirname(path));
    }
    if (!(await disk.statDirectory(directory)).isDirectory()) throw noDirectory(directory);
    return made;
  } catch (error) {
    await removeDataDirectory(disk, made);
    throw error;
  }
}

function noDirectory(path: string): Error {
  return Object.assign(new Error(`ENOTDIR: ${path} is no directory`), { code: "ENOTDIR" });
}

/** Removes directories that {@link makeDataDirectory} made, as far as they are empty. */
export async function removeDataDirectory(disk: Disk, made: readonly string[]): Promise<void> {
  for (const path of [...made].reverse()) {
    const remove = () => removeIfEmpty(disk, path);
    await remove()
      .catch(remove)
      .catch(() => {});
  }
}

async function isMade(disk: Disk, path: string): Promise<boolean> {
  try {
    await disk.makeDirectory(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}
