import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Disk, platformOf } from "./disk.ts";
import { isMissing, utf8ChildrenOf } from "./disk-steps.ts";
import { readMounts } from "./mount-list.ts";
import { nameWithin } from "./path-below.ts";

/**
 * Finds what is mounted below a directory: names relative to it, "/"-separated, sorted. The directory itself may be a mount.
 *
 * The kernel's list is the only place that shows a bind mount of the same device (see {@link readMounts}). Where
 * there is none, directories on another device than `directory` are found, and such bind mounts are not.
 */
export async function mountsBelow(disk: Disk, directory: string): Promise<string[]> {
  const mounts = await readMounts(disk);
  if (mounts === undefined) return platformOf(disk).mountsDirectories ? otherDevices(disk, directory) : [];
  const real = await realpath(directory).catch(() => resolve(directory));
  const below = mounts.flatMap(({ point }) => nameWithin(real, point) || []);
  return [...new Set(below)].sort();
}

/** Says whether a directory, or something below it, is a mount of the kernel's list. */
export async function holdsMounts(disk: Disk, directory: string): Promise<boolean> {
  const mounts = await readMounts(disk);
  if (mounts === undefined) return false;
  const real = await realpath(directory).catch(() => resolve(directory));
  return mounts.some(({ point }) => nameWithin(real, point) !== undefined);
}

async function otherDevices(disk: Disk, directory: string, below = ""): Promise<string[]> {
  const own = await describe(disk, join(directory, below));
  const found: string[] = [];
  for (const child of await utf8ChildrenOf(disk, join(directory, below))) {
    const name = below === "" ? child : `${below}/${child}`;
    const entry = await describe(disk, join(directory, name));
    if (!entry?.isDirectory()) continue;
    if (entry.dev !== own?.dev) found.push(name);
    else found.push(...(await otherDevices(disk, directory, name)));
  }
  return found.sort();
}

async function describe(disk: Disk, path: string) {
  try {
    return await disk.lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
