import { BLOCK_SIZE } from "./deflate-block.ts";
import { eachConcurrently } from "./each-concurrently.ts";
import { encodeLocalHeader, type NewEntry } from "./local-header.ts";
import { type ReadOptions, readSmallFile, type SmallFile } from "./read-small-file.ts";
import type { SkippedEntry } from "./skipped-entry.ts";
import type { SourceEntry } from "./walk-directory.ts";

const PACK_ENTRIES_MAX = 512;
/** Files of one pack that are open at once. */
const FILES_AT_ONCE = 16;

type ReadFile = SmallFile | SkippedEntry | "too-large";

/** What became of one entry of a pack: in the pack, left out, or so large by now that it has to be streamed. */
export type Packed =
  | { readonly entry: NewEntry; readonly size: number; readonly hasGrown: boolean }
  | SkippedEntry
  | "too-large";

/** Small files and directories in a row, as they stand in the archive: header, content, header, content. */
export interface Pack {
  readonly bytes: Uint8Array;
  /** One for each source, in order; `size` counts the bytes of header and content. */
  readonly members: readonly Packed[];
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
export async function packFiles(sources: readonly SourceEntry[], options: ReadOptions): Promise<Pack> {
  const files = Array.from<ReadFile>({ length: sources.length });
  await eachConcurrently(sources.entries(), { limit: FILES_AT_ONCE }, async ([index, source]) => {
    files[index] = await readEntry(source, options);
  });
  const pieces: Uint8Array[] = [];
  const members = files.map((file): Packed => {
    if (file === "too-large" || "reason" in file) return file;
    const header = encodeLocalHeader(file.entry);
    pieces.push(header, file.content);
    return { entry: file.entry, size: header.length + file.content.length, hasGrown: file.hasGrown };
  });
  return { bytes: Buffer.concat(pieces), members };
}

async function readEntry(source: SourceEntry, options: ReadOptions): Promise<ReadFile> {
  if (source.type === "file") return readSmallFile(source, options);
  const { name, mode, modifiedAt } = source;
  const nothing = { crc32: 0, compressedSize: 0, size: 0 };
  const entry: NewEntry = { name, method: 0, hasDescriptor: false, isZip64: false, ...nothing, mode, modifiedAt };
  return { entry, content: new Uint8Array(0), hasGrown: false };
}
