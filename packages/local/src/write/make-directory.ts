import { dirname } from "node:path";
import { errnoOf } from "@stowage/core/driver";
import type { LocalDisk } from "../local-disk.ts";
import { changeDurably } from "./change-durably.ts";

/**
 * Makes a directory with its missing parents, mode 0700, such that a power cut cannot take any of them away again. The name
 * of one that is there is synced as well: whoever made it may have been killed before it came to that.
 */
export async function makeDirectory(disk: LocalDisk, path: string): Promise<void> {
  if (await isDirectory(disk, path)) return keepName(disk, path);
  const parent = dirname(path);
  await makeDirectory(disk, parent); // durable before anything lies in it, so that no more than the last name is in doubt
  await changeDurably(disk, parent, () => makeOne(disk, path));
}

/** A parent that may not be read is none that this driver made. */
async function keepName(disk: LocalDisk, path: string): Promise<void> {
  try {
    await changeDurably(disk, dirname(path), async () => {});
  } catch (error) {
    if (!["EACCES", "EPERM"].includes(errnoOf(error) ?? "")) throw error;
  }
}

/** Another process may make it at the same time. */
async function makeOne(disk: LocalDisk, path: string): Promise<void> {
  try {
    await disk.makeDirectory(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST" || !(await isDirectory(disk, path))) throw error;
  }
}

async function isDirectory(disk: LocalDisk, path: string): Promise<boolean> {
  try {
    return (await disk.statDirectory(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}
