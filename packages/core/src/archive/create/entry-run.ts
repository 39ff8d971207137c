import type { WalkedEntry } from "./walk-directory.ts";

const COLUMNS = 5;
/** No name of an entry holds it. */
const SEPARATOR = "\0";

/** Entries on their way to a thread: one text and one array, which are copied many times faster than an object for each. */
export interface EntryRun {
  readonly names: string;
  /** Size, mode, time, device and inode of each. */
  readonly facts: Float64Array;
}

export function encodeRun(entries: readonly WalkedEntry[]): EntryRun {
  const facts = new Float64Array(COLUMNS * entries.length);
  let position = 0;
  for (const { size, mode, modifiedAtMs, dev, ino } of entries) {
    facts[position++] = size;
    facts[position++] = mode;
    facts[position++] = modifiedAtMs;
    facts[position++] = dev;
    facts[position++] = ino;
  }
  return { names: entries.map(({ name }) => name).join(SEPARATOR), facts };
}

export function decodeRun({ names, facts }: EntryRun): WalkedEntry[] {
  return names.split(SEPARATOR).map((name, index) => {
    const row = facts.subarray(COLUMNS * index, COLUMNS * (index + 1));
    const [size = 0, mode = 0, modifiedAtMs = 0, dev = 0, ino = 0] = row;
    return { name, size, mode, modifiedAtMs, dev, ino };
  });
}
