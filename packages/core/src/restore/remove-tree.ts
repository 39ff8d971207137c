import type { Disk, DiskPath } from "../disk.ts";
import { codeOf, isMissing, joinRaw } from "./disk-steps.ts";

/**
 * Removes a directory with all that is in it. Follows no symlink and enters no other device: what is mounted
 * below stops it (`EBUSY`) rather than be emptied. A missing path resolves.
 */
export async function removeTree(disk: Disk, path: string): Promise<void> {
  try {
    const { dev } = await disk.lstat(path);
    await removeOnDevice(disk, path, dev);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Removes a directory if it is there and empty. */
export async function removeIfEmpty(disk: Disk, path: string): Promise<void> {
  try {
    await disk.removeDirectory(path);
  } catch (error) {
    if (!isMissing(error) && codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
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
  if (entry.dev !== device) throw Object.assign(new Error(`EBUSY: ${path} is a mount`), { code: "EBUSY" });
  if (!entry.isDirectory()) return disk.removeFile(path);
  for (const name of await disk.readDirectory(path)) {
    await removeOnDevice(disk, joinRaw(path, name), device);
  }
  await disk.removeDirectory(path);
}
