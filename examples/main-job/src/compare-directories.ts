import type { Dirent } from "node:fs";
import { type FileHandle, open, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";

export interface Comparison {
  /** How many files and directories were compared. */
  readonly entries: number;
  /** Bytes that were compared. */
  readonly size: number;
  /** What is not the same, one sentence each. Empty: everything that was to come back is. */
  readonly differences: readonly string[];
  /** What the source holds, may be missing, and is: sorted, a directory without what lies in it. */
  readonly missing: readonly string[];
}

export interface CompareOptions {
  /** Names, relative to the source and with `/`, that may be missing with all below them: the backup said so. */
  readonly skipped: ReadonlySet<string>;
  readonly onBytes?: (count: number) => void;
}

type EntryType = "directory" | "file" | "link" | "special file";

const BUFFER_SIZE = 256 * 1024;

/** Compares two trees: names, types, sizes, every byte of every file, and where links lead. Reads only. */
export async function compareDirectories(
  source: string,
  restored: string,
  options: CompareOptions,
): Promise<Comparison> {
  const actual = await entriesOf(restored, () => false);
  const missing: string[] = [];
  const expected = await entriesOf(source, (name) => {
    const isMissing = options.skipped.has(name) && !actual.has(name);
    if (isMissing) missing.push(name);
    return isMissing;
  });
  const differences = [...namesOnlyIn(actual, expected)].map(
    (name) => `${name} was restored, but is not in the source`,
  );

  let size = 0;
  for (const [name, type] of expected) {
    const restoredType = actual.get(name);
    if (restoredType === undefined) differences.push(`${name} was not restored`);
    else if (restoredType !== type) differences.push(`${name} is a ${type}, and was restored as a ${restoredType}`);
    else if (type === "link") {
      const [target, restoredTarget] = await Promise.all([source, restored].map((root) => readlink(join(root, name))));
      if (target !== restoredTarget) differences.push(`${name} leads to ${target}, and leads to ${restoredTarget} now`);
    } else if (type === "file") {
      const file = await compareFiles(join(source, name), join(restored, name), options.onBytes);
      size += file.size;
      if (file.difference !== undefined) differences.push(`${name} ${file.difference}`);
    }
  }
  return { entries: expected.size, size, differences, missing: missing.sort() };
}

/** Returns every name below `directory` with its type. Does not follow links, nor enter what may be missing. */
async function entriesOf(directory: string, mayMiss: (name: string) => boolean): Promise<Map<string, EntryType>> {
  const entries = new Map<string, EntryType>();
  const waiting = [""];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const found of await readdir(join(directory, parent), { withFileTypes: true })) {
      const name = parent === "" ? found.name : `${parent}/${found.name}`;
      if (mayMiss(name)) continue;
      if (found.isDirectory()) waiting.push(name);
      entries.set(name, typeOf(found));
    }
  }
  return entries;
}

function typeOf(entry: Dirent): EntryType {
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "link";
  return entry.isFile() ? "file" : "special file";
}

function namesOnlyIn(entries: ReadonlyMap<string, EntryType>, others: ReadonlyMap<string, EntryType>): string[] {
  return [...entries.keys()].filter((name) => !others.has(name));
}

async function compareFiles(
  source: string,
  restored: string,
  onBytes: CompareOptions["onBytes"],
): Promise<{ size: number; difference?: string }> {
  const [{ size }, { size: restoredSize }] = await Promise.all([stat(source), stat(restored)]);
  if (size !== restoredSize) return { size, difference: `has ${size} bytes, and was restored with ${restoredSize}` };
  const left = await open(source);
  try {
    const right = await open(restored);
    try {
      const at = await firstDifference(left, right, onBytes);
      return at === undefined ? { size } : { size, difference: `differs from byte ${at} on` };
    } finally {
      await right.close();
    }
  } finally {
    await left.close();
  }
}

/** Reads both files to the end, side by side, and returns about where they part: the start of the block. */
async function firstDifference(
  left: FileHandle,
  right: FileHandle,
  onBytes: CompareOptions["onBytes"],
): Promise<number | undefined> {
  const buffers = [Buffer.allocUnsafe(BUFFER_SIZE), Buffer.allocUnsafe(BUFFER_SIZE)] as const;
  for (let position = 0; ; ) {
    const [fromLeft, fromRight] = await Promise.all([
      fill(left, buffers[0], position),
      fill(right, buffers[1], position),
    ]);
    if (!fromLeft.equals(fromRight)) return position;
    if (fromLeft.length === 0) return undefined;
    position += fromLeft.length;
    onBytes?.(fromLeft.length);
  }
}

async function fill(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
