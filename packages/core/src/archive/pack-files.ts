import { BLOCK_SIZE } from "./deflate-block.ts";
import { inOrder } from "./in-order.ts";
import { type Pack, PackWriter } from "./pack.ts";
import { type ReadOptions, readSmallFile, type SmallFile } from "./read-small-file.ts";
import type { SkippedEntry } from "./skipped-entry.ts";
import { smallEntry } from "./small-entry.ts";
import { isDirectory, type SourceEntry } from "./walk-directory.ts";

const PACK_ENTRIES_MAX = 512;
const NOTHING = new Uint8Array(0);
/** A pack that was begun is finished: it is short. */
const { signal } = new AbortController();

export interface PackOptions extends ReadOptions {
  /** Files that are open at once. */
  readonly filesAtOnce: number;
  /** For the pack. It is left if it is too small. */
  readonly output: Uint8Array;
}

/** Cuts a walk into runs of small files and directories of up to 512 KiB, and single larger files. */
export function* packsOf(sources: readonly SourceEntry[]): Generator<readonly SourceEntry[]> {
  let run: SourceEntry[] = [];
  let size = 0;
  for (const source of sources) {
    const isFull = run.length === PACK_ENTRIES_MAX || size + source.size > BLOCK_SIZE;
    if (run.length > 0 && isFull) {
      yield run;
      run = [];
      size = 0;
    }
    run.push(source);
    size += source.size;
  }
  if (run.length > 0) yield run;
}

/** Reads and compresses small files. */
export async function packFiles(sources: readonly SourceEntry[], options: PackOptions): Promise<Pack> {
  const pack = new PackWriter(sources.length, options.output);
  const run = (source: SourceEntry) => readEntry(source, options);
  const files = inOrder(sources, { run, weigh: () => 1, limit: options.filesAtOnce, signal });
  for await (const file of files) pack.add(file);
  return pack.finish();
}

async function readEntry(source: SourceEntry, options: ReadOptions): Promise<SmallFile | SkippedEntry | "too-large"> {
  if (!isDirectory(source)) return readSmallFile(source, options);
  const { name, mode, modifiedAtMs } = source;
  const facts = { crc32: 0, compressedSize: 0, size: 0, mode, modifiedAt: new Date(modifiedAtMs) };
  return { entry: smallEntry(name, facts), content: NOTHING, hasGrown: false };
}
