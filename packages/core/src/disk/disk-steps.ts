import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import { realpath } from "node:fs/promises";
import { sep } from "node:path";
import { messageOf } from "../message-of.ts";
import { closingAfter, type Disk, type DiskPath } from "./disk.ts";
import { errnoOf } from "./errno-of.ts";

const SEPARATOR = Buffer.from(sep);

/** Says whether something lies at the path, of whatever type. */
export async function existsOnDisk(disk: Disk, path: DiskPath): Promise<boolean> {
  try {
    await disk.lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Where a directory lies, without any link; its path if that cannot be told. */
export async function realOrSame(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** Where a link leads; nothing if none can be there. */
export async function linkAt(disk: Disk, path: DiskPath): Promise<Buffer | undefined> {
  try {
    return await disk.readLink(path);
  } catch (error) {
    if (["EINVAL", "ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** Makes a directory unless there is one. */
export async function ensureDirectory(disk: Disk, path: string): Promise<void> {
  try {
    await disk.makeDirectory(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

/** The children of a directory, sorted; none if it is missing. Without the names that are not UTF-8, which stay wherever they are. */
export async function utf8ChildrenOf(disk: Disk, path: string): Promise<string[]> {
  const names = await rawChildrenOf(disk, path);
  return names
    .filter((name) => isUtf8(name))
    .map((name) => name.toString("utf8"))
    .sort();
}

const AT_ONCE = 64;

/** Says what each of these children of a directory is, but for those that are gone. */
export async function* describedChildren(
  disk: Disk,
  directory: DiskPath,
  names: readonly Buffer[],
): AsyncGenerator<[name: Buffer, entry: Stats]> {
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const paths = some.map((name) => joinRaw(directory, name));
    const settled = await disk.lstatEach(paths);
    for (const [index, name] of some.entries()) {
      const each = settled[index];
      if (each?.status === "fulfilled") yield [name, each.value];
      else if (!isMissing(each?.reason)) throw each?.reason;
    }
  }
}

/** Says whether anything but directories lies in a directory. */
export async function holdsFiles(disk: Disk, path: DiskPath): Promise<boolean> {
  for (const name of await rawChildrenOf(disk, path)) {
    const child = joinRaw(path, name);
    if (!(await disk.lstat(child)).isDirectory() || (await holdsFiles(disk, child))) return true;
  }
  return false;
}

/** Joins a path and a name of any bytes. */
export function joinRaw(path: DiskPath, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(path), SEPARATOR, name]);
}

/** The children of a directory as the bytes that the disk holds; none if it is missing. */
export async function rawChildrenOf(disk: Disk, path: DiskPath): Promise<Buffer[]> {
  try {
    return await disk.readDirectory(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Writes a new file and makes its content durable. */
export async function writeDurably(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.createFile(path);
  await closingAfter(file, async () => {
    await file.write(bytes);
    await file.sync();
  });
}

/** A sync that failed: the kernel reports that once, so that the same sync tried again would lie. */
class SyncFailure extends Error {
  readonly code: string | undefined;

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.code = errnoOf(cause);
  }
}

/** Makes the names in a directory durable. {@link twice} does not repeat it. */
export async function syncOnce(disk: Disk, path: string): Promise<void> {
  try {
    await disk.syncDirectory(path);
  } catch (error) {
    throw new SyncFailure(error);
  }
}

/** Makes one more attempt at what may be repeated without harm, unless a sync failed. */
export async function twice<T>(action: () => Promise<T>): Promise<T> {
  return action().catch((error: unknown) => {
    if (error instanceof SyncFailure) throw error;
    return action();
  });
}

export async function readWholeFile(disk: Disk, path: string, maxSize: number): Promise<Buffer> {
  const file = await disk.openFile(path);
  return closingAfter(file, async () => {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, maxSize));
    return bytes.subarray(0, await file.read(bytes, 0));
  });
}

export function isMissing(error: unknown): boolean {
  return errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
}
