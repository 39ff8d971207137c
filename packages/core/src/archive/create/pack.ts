import { StowageError } from "../../errors.ts";
import { encodeLocalHeader, type NewEntry, smallEntry } from "../format/local-header.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import type { FileChange } from "./file-change.ts";
import type { SmallFile } from "./read-small-file.ts";
import type { WalkedEntry } from "./walk-directory.ts";

/** CRC, compressed size, size, mode, time, and where the member ends in the pack. */
const COLUMNS = 6;

/** What became of one entry of a pack: in the pack, left out, or to be streamed, because it is large by now or open here. */
export type Packed =
  | { readonly entry: NewEntry; readonly size: number; readonly change: FileChange }
  | SkippedEntry
  | "too-large"
  | "elsewhere";

/** Small files and directories in a row, as they stand in the archive: header, content, header, content. */
export interface Pack {
  readonly bytes: Uint8Array;
  /** Six numbers for each entry, in order: numbers are copied between threads many times faster than objects. */
  readonly facts: Float64Array;
  /** What is to be said of some entries, by their index. */
  readonly notes: ReadonlyMap<number, SkippedEntry | "too-large" | "elsewhere" | "grew" | "changed">;
}

/** Puts small files in a row. */
export class PackWriter {
  readonly #facts: Float64Array;
  readonly #notes = new Map<number, SkippedEntry | "too-large" | "elsewhere" | "grew" | "changed">();
  #bytes: Uint8Array;
  #size = 0;
  #count = 0;

  /** Begins a pack of `count` entries in `memory`, which it leaves if that is too small. */
  constructor(count: number, memory: Uint8Array) {
    this.#facts = new Float64Array(COLUMNS * count);
    this.#bytes = memory;
  }

  /** Adds what became of the next entry, and copies its content. */
  add(file: SmallFile | SkippedEntry | "too-large" | "elsewhere"): void {
    const index = this.#count++;
    if (typeof file === "string" || "reason" in file) {
      this.#notes.set(index, file);
      return;
    }
    const { entry, content, change } = file;
    if (change !== "none") this.#notes.set(index, change);
    this.#append(encodeLocalHeader(entry));
    this.#append(content);
    this.#facts[COLUMNS * index] = entry.crc32;
    this.#facts[COLUMNS * index + 1] = entry.compressedSize;
    this.#facts[COLUMNS * index + 2] = entry.size;
    this.#facts[COLUMNS * index + 3] = entry.mode;
    this.#facts[COLUMNS * index + 4] = entry.modifiedAt.getTime();
    this.#facts[COLUMNS * index + 5] = this.#size;
  }

  finish(): Pack {
    return { bytes: this.#bytes.subarray(0, this.#size), facts: this.#facts, notes: this.#notes };
  }

  #append(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * size);
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = size;
  }
}

/** Says of each entry what became of it. `INTERNAL` for a pack that tells of more or of fewer, or whose bytes belong to nobody. */
export function* membersOf(pack: Pack, entries: readonly WalkedEntry[]): Generator<[WalkedEntry, Packed]> {
  let start = 0;
  if (pack.facts.length !== COLUMNS * entries.length)
    throw lost(`${pack.facts.length} facts of ${entries.length} entries`);
  for (const index of pack.notes.keys())
    if (!(index in entries)) throw lost(`a note on entry ${index} of ${entries.length}`);
  for (const [index, walked] of entries.entries()) {
    const note = pack.notes.get(index);
    if (note !== undefined && note !== "grew" && note !== "changed") {
      yield [walked, note];
      continue;
    }
    const fact = (column: number) => pack.facts[COLUMNS * index + column] ?? 0;
    const end = fact(5);
    if (end <= start) throw lost(`nothing of ${JSON.stringify(walked.name)}`);
    yield [walked, { entry: entryOf(walked, fact), size: end - start, change: note ?? "none" }];
    start = end;
  }
  if (start !== pack.bytes.length) throw lost(`${pack.bytes.length} bytes, of which ${start} belong to entries`);
}

function lost(what: string): StowageError {
  return new StowageError("INTERNAL", `what compresses lost its way: it answered with ${what}; nothing was published`);
}

function entryOf({ name }: WalkedEntry, fact: (column: number) => number): NewEntry {
  const [crc32, compressedSize, size, mode] = [fact(0), fact(1), fact(2), fact(3)];
  return smallEntry(name, { crc32, compressedSize, size, mode, modifiedAt: new Date(fact(4)) });
}
