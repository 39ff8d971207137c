import { inOrder } from "../../concurrency/in-order.ts";
import { type Awaitable, isLater, take } from "../../concurrency/steps.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import { smallEntry } from "../format/local-header.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import { type Pack, PackWriter } from "./pack.ts";
import { type ReadOptions, readSmallFile, type SmallFile } from "./read-small-file.ts";
import { isDirectory, type WalkedEntry } from "./walk-directory.ts";

const PACK_ENTRIES_MAX = 512;
/** Files of one pack that are open at once. */
const FILES_AT_ONCE = 16;
const NOTHING = new Uint8Array(0);
/** A pack that was begun is finished: it is short. */
const { signal } = new AbortController();

/** Cuts a walk into runs of small files and directories of up to a block, and single larger files, or such that go alone. */
export function* packsOf(
  entries: readonly WalkedEntry[],
  goesAlone: (entry: WalkedEntry) => boolean = () => false,
): Generator<readonly WalkedEntry[]> {
  let run: WalkedEntry[] = [];
  let size = 0;
  for (const entry of entries) {
    const isAlone = goesAlone(entry);
    const isFull = isAlone || run.length === PACK_ENTRIES_MAX || size + entry.size > BLOCK_SIZE;
    if (run.length > 0 && isFull) {
      yield run;
      run = [];
      size = 0;
    }
    if (isAlone) {
      yield [entry];
      continue;
    }
    run.push(entry);
    size += entry.size;
  }
  if (run.length > 0) yield run;
}

/** Reads and compresses small files, several at once. */
export async function packFiles(entries: readonly WalkedEntry[], options: ReadOptions): Promise<Pack> {
  const pack = new PackWriter(entries.length, Buffer.allocUnsafeSlow(BLOCK_SIZE));
  const run = async (entry: WalkedEntry) => readEntry(entry, options);
  const files = inOrder(entries, { run, weigh: () => 1, limit: FILES_AT_ONCE, signal });
  for await (const file of files) pack.add(file);
  return pack.finish();
}

/**
 * The same one after the other, into `memory` and from there into `output`, which the pack leaves if it is too small. What fails is
 * "elsewhere": left to whoever knows the walk, of which a file that was replaced needs the directory.
 */
export async function packOneByOne(
  entries: readonly WalkedEntry[],
  options: ReadOptions & { readonly memory: Uint8Array; readonly output: Uint8Array },
): Promise<Pack> {
  const pack = new PackWriter(entries.length, options.output);
  for (const entry of entries) {
    const reading = readOrLeave(entry, options);
    pack.add(isLater(reading) ? await reading : reading);
  }
  return pack.finish();
}

function readOrLeave(entry: WalkedEntry, options: ReadOptions): Awaitable<ReadEntry | "elsewhere"> {
  try {
    const reading = readEntry(entry, options);
    return isLater(reading) ? reading.catch(() => "elsewhere" as const) : reading;
  } catch {
    return "elsewhere";
  }
}

type ReadEntry = SmallFile | SkippedEntry | "too-large";

/** Reads and compresses a small file, or says why not. */
function readEntry(entry: WalkedEntry, options: ReadOptions): Awaitable<ReadEntry> {
  if (!isDirectory(entry)) return take(readSmallFile(entry, options));
  const { name, mode, modifiedAtMs } = entry;
  const facts = { crc32: 0, compressedSize: 0, size: 0, mode, modifiedAt: new Date(modifiedAtMs) };
  return { entry: smallEntry(name, facts), content: NOTHING, change: "none" };
}
