import { basename, dirname, join } from "node:path";
import type { Disk, DiskPath } from "./disk.ts";
import { isMissing, joinRaw, realOrSame } from "./disk-steps.ts";
import { errnoOf } from "./errno-of.ts";
import { holdsMounts } from "./mounts-below.ts";

/**
 * Removes a directory with all that is in it. Follows no symlink, not even one that takes a directory's place meanwhile
 * (`PERMISSION_DENIED`), and crosses no mount: if something is mounted there, it fails with `EBUSY` before anything is removed.
 * A missing path resolves.
 */
export async function removeTree(disk: Disk, path: string): Promise<void> {
  try {
    const entry = await disk.lstat(path);
    if (entry.isDirectory() && (await holdsMounts(disk, path))) throw mounted(path);
    await removeOnDevice(disk, join(await realOrSame(dirname(path)), basename(path)), entry.dev);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Removes a directory if it is there and empty. */
export async function removeIfEmpty(disk: Disk, path: string): Promise<void> {
  try {
    await disk.removeDirectory(path);
  } catch (error) {
    if (!isMissing(error) && errnoOf(error) !== "ENOTEMPTY" && errnoOf(error) !== "EEXIST") throw error;
  }
}

/** Removes an empty directory if it is there. */
export async function removeDirectoryIfPresent(disk: Disk, path: string): Promise<void> {
  try {
    await disk.removeDirectory(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Removes a file if it is there. */
export async function removeFileIfPresent(disk: Disk, path: string): Promise<void> {
  try {
    await disk.removeFile(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function removeOnDevice(disk: Disk, path: DiskPath, device: number): Promise<void> {
  const entry = await disk.lstat(path);
  if (entry.dev !== device) throw mounted(path);
  if (!entry.isDirectory()) return disk.removeFile(path, { isReal: true });
  for (const name of await disk.readDirectory(path)) {
    await removeOnDevice(disk, joinRaw(path, name), device);
  }
  await disk.removeDirectory(path, { isReal: true });
}

function mounted(path: DiskPath): Error {
  return Object.assign(new Error(`EBUSY: something is mounted at or below ${path}`), { code: "EBUSY" });
}
