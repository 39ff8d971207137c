import { join } from "node:path";
import { abortError, errnoOf, type FileInfo, type ListPage, type ListPageOptions } from "@stowage/core";
import { describeFile } from "./describe-file.ts";
import type { LocalDisk } from "./local-disk.ts";

/** Files that are described at the same time. */
const BATCH_SIZE = 64;

export interface Listing {
  readonly disk: LocalDisk;
  readonly directory: string;
  /** In UTF-8 byte order. */
  readonly names: readonly Buffer[];
}

/**
 * Describes the regular files of one page. The cursor is the last key of the page, so files that come and go on
 * either side of it move nothing. What vanishes while the page is read is left out.
 */
export async function listPage({ disk, directory, names }: Listing, options: ListPageOptions): Promise<ListPage> {
  const { prefix, limit, cursor, signal } = options;
  const files: FileInfo[] = [];
  let index = firstFrom(names, cursor === undefined ? prefix : `${cursor}\0`); // no key lies between `x` and `x\0`
  const end = endOfPrefix(names, prefix, index);
  while (index < end && files.length < limit) {
    if (signal.aborted) throw abortError(signal);
    const batch = names.slice(index, Math.min(end, index + BATCH_SIZE, index + limit - files.length));
    const described = await Promise.all(batch.map((name) => describe(disk, directory, name.toString())));
    files.push(...described.filter((file) => file !== undefined));
    index += batch.length;
  }
  return index < end ? { files, cursor: names[index - 1]?.toString() } : { files };
}

async function describe(disk: LocalDisk, directory: string, key: string): Promise<FileInfo | undefined> {
  try {
    const stats = await disk.lstat(join(directory, key));
    return stats.isFile() ? describeFile(key, stats) : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The index of the first name that is not below `start`. */
function firstFrom(names: readonly Buffer[], start: string): number {
  const bytes = Buffer.from(start);
  return partition(names.length, (index) => compareAt(names, index, bytes) < 0);
}

/** The index behind the names that start with `prefix`, of which `from` is the first. */
function endOfPrefix(names: readonly Buffer[], prefix: string, from: number): number {
  return from + partition(names.length - from, (index) => names[from + index]?.toString().startsWith(prefix) ?? false);
}

function compareAt(names: readonly Buffer[], index: number, bytes: Buffer): number {
  return Buffer.compare(names[index] ?? Buffer.alloc(0), bytes);
}

/** The number of indexes below `length` for which `isBefore`, which no index fulfils behind one that does not. */
function partition(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
