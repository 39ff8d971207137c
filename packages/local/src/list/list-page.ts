import type { BigIntStats } from "node:fs";
import { sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { abortError, errnoOf, type FileInfo, type ListPage, type ListPageOptions } from "@stowage/core/driver";
import { fileInfo } from "../file-info.ts";
import type { LocalDisk } from "../local-disk.ts";
import { keyOfName, nameOfKey } from "./sorted-names.ts";

/** Files that are described before the signal is looked at again. */
const BATCH_SIZE = 1_000;

export interface Listing {
  readonly disk: LocalDisk;
  /** Absolute. */
  readonly directory: string;
  /** As `SortedNames` gives them. */
  readonly names: readonly string[];
}

/**
 * Describes the regular files of one page. The cursor is the last key of the page, so files that come and go on
 * either side of it move nothing. What vanishes while the page is read is left out.
 */
export async function listPage({ disk, directory, names }: Listing, options: ListPageOptions): Promise<ListPage> {
  const { limit, cursor, signal } = options;
  const prefix = nameOfKey(options.prefix);
  const files: FileInfo[] = [];
  let index = firstFrom(names, cursor === undefined ? prefix : `${nameOfKey(cursor)}\0`); // nothing lies between `x` and `x\0`
  const end = endOfPrefix(names, prefix, index);
  while (index < end && files.length < limit) {
    if (signal.aborted) throw abortError(signal);
    const batch = names.slice(index, Math.min(end, index + BATCH_SIZE, index + limit - files.length)).map(keyOfName);
    const described = await disk.lstatEachExactly(batch.map((key) => directory + sep + key));
    addFiles(files, batch, described);
    index += batch.length;
    await setImmediate(); // a directory of other things may take many batches
  }
  return index < end ? { files, cursor: keyOfName(names[index - 1] ?? "") } : { files };
}

function addFiles(
  files: FileInfo[],
  keys: readonly string[],
  described: readonly PromiseSettledResult<BigIntStats>[],
): void {
  for (const [index, key] of keys.entries()) {
    const found = described[index];
    if (found?.status === "fulfilled" && found.value.isFile()) files.push(fileInfo(key, found.value));
    if (found?.status === "rejected" && errnoOf(found.reason) !== "ENOENT") throw found.reason;
  }
}

/** The index of the first name that is not below `start`. */
function firstFrom(names: readonly string[], start: string): number {
  return partition(names.length, (index) => (names[index] ?? "") < start);
}

/** The index behind the names that start with `prefix`, of which `from` is the first. */
function endOfPrefix(names: readonly string[], prefix: string, from: number): number {
  return from + partition(names.length - from, (index) => names[from + index]?.startsWith(prefix) ?? false);
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
