import { abortError } from "../errors.ts";
import { CentralDirectoryWriter } from "./central-directory-writer.ts";
import { BLOCK_SIZE } from "./deflate-block.ts";
import { emptyTreeEntry } from "./empty-tree.ts";
import { inOrder } from "./in-order.ts";
import { largePieces } from "./large-pieces.ts";
import { encodeLocalHeader, type NewEntry } from "./local-header.ts";
import { closeSource, openSource, type SourceOptions, skippedOrThrow } from "./open-source.ts";
import { readSmallFile, type SmallFile } from "./read-small-file.ts";
import type { SkippedEntry } from "./skipped-entry.ts";
import { isKept, READ_ATTEMPTS } from "./source-change.ts";
import { streamLargeFile } from "./stream-large-file.ts";
import type { SourceEntry, Walk } from "./walk-directory.ts";

/** What a small file counts at least towards the limit of bytes under way, so that there are at most 64 of them. */
const WEIGHT_MIN = BLOCK_SIZE / 16;

export interface WriteOptions extends SourceOptions {
  readonly signal: AbortSignal;
  /** zlib's level, 0–9. 1 when left out. */
  readonly level?: number;
  /** Blocks of 512 KiB that are compressed at once. 4 when left out. The archive does not depend on it. */
  readonly concurrency?: number;
  /** Called after each entry and after each block of a large file; bytes of content, not of the archive. */
  onProgress?(progress: { entriesDone: number; bytesDone: number }): void;
}

type Prepared = { readonly source: SourceEntry; readonly result: SmallFile | SkippedEntry | "too-large" | "directory" };

/** Turns a walk into the bytes of a zip: the entries in order, then the central directory. */
export class ArchiveWriter {
  readonly content: AsyncIterable<Uint8Array>;
  readonly warnings: SkippedEntry[] = [];
  readonly #walk: Walk;
  readonly #options: WriteOptions & { readonly level: number; readonly concurrency: number };
  readonly #directory = new CentralDirectoryWriter();
  #size = 0;
  #entries = 0;
  #entriesDone = 0;
  #bytesDone = 0;

  constructor(walk: Walk, options: WriteOptions & { readonly level: number; readonly concurrency: number }) {
    this.#walk = walk;
    this.#options = options;
    this.content = largePieces(this.#counted());
  }

  get entries(): number {
    return this.#entries;
  }

  get size(): number {
    return this.#size;
  }

  async *#counted(): AsyncGenerator<Uint8Array> {
    for await (const bytes of this.#archive()) {
      this.#size += bytes.length;
      yield bytes;
    }
  }

  async *#archive(): AsyncGenerator<Uint8Array> {
    const { signal, concurrency } = this.#options;
    const prepared = inOrder(this.#walk.entries, {
      run: (entry) => this.#prepare(entry),
      weigh: (entry) => Math.max(WEIGHT_MIN, Math.min(entry.size, BLOCK_SIZE)),
      limit: concurrency * BLOCK_SIZE,
      signal,
    });
    for await (const each of prepared) {
      yield* this.#entry(each);
      this.#report(1, 0);
    }
    if (this.#entries === 0) yield* this.#emptyTree();
    yield* this.#directory.finish(this.#size);
  }

  *#emptyTree(): Generator<Uint8Array> {
    const entry = emptyTreeEntry();
    this.#directory.add(entry, this.#size);
    yield encodeLocalHeader(entry);
  }

  /** Reads ahead what is small. What is large is only opened when its turn has come. */
  async #prepare(source: SourceEntry): Promise<Prepared> {
    if (source.type === "directory") return { source, result: "directory" };
    if (source.size > BLOCK_SIZE) return { source, result: "too-large" };
    return { source, result: await readSmallFile(source, this.#options) };
  }

  async *#entry({ source, result }: Prepared): AsyncGenerator<Uint8Array> {
    if (result === "too-large") return yield* this.#large(source);
    if (result === "directory") return yield* this.#whole(directoryEntry(source), new Uint8Array(0));
    if ("reason" in result) return this.#warn(result);
    if (result.hasGrown) this.#warn({ name: source.name, reason: "grew" });
    yield* this.#whole(result.entry, result.content);
    this.#report(0, result.entry.size);
  }

  *#whole(entry: NewEntry, content: Uint8Array): Generator<Uint8Array> {
    this.#directory.add(entry, this.#size);
    this.#entries += 1;
    yield encodeLocalHeader(entry);
    if (content.length > 0) yield content;
  }

  /** Writes a large file, and once more behind it if it changed: only the reading that is kept enters the central directory. */
  async *#large(source: SourceEntry): AsyncGenerator<Uint8Array> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const offset = this.#size;
      const outcome = yield* this.#reading(source, attempt);
      if ("reason" in outcome) return this.#warn(outcome);
      if (!isKept(outcome.change, attempt, source)) continue;
      if (outcome.change === "grew") this.#warn({ name: source.name, reason: "grew" });
      this.#directory.add(outcome.entry, offset);
      this.#entries += 1;
      return;
    }
  }

  /** Reports the bytes of the first attempt only, so that progress never runs backwards or beyond the whole. */
  async *#reading(source: SourceEntry, attempt: number) {
    const onBlock = (size: number) => this.#report(0, attempt === 1 ? size : 0);
    const opened = await openSource(source, this.#options);
    if ("reason" in opened) return opened;
    try {
      return yield* streamLargeFile(opened, { ...this.#options, name: source.name, onBlock });
    } catch (error) {
      return skippedOrThrow(error, source, this.#options);
    } finally {
      await closeSource(opened.file);
    }
  }

  #warn(warning: SkippedEntry): void {
    this.warnings.push(warning);
  }

  #report(entries: number, bytes: number): void {
    if (this.#options.signal.aborted) throw abortError(this.#options.signal);
    this.#entriesDone += entries;
    this.#bytesDone += bytes;
    this.#options.onProgress?.({ entriesDone: this.#entriesDone, bytesDone: this.#bytesDone });
  }
}

function directoryEntry({ name, mode, modifiedAt }: SourceEntry): NewEntry {
  const nothing = { crc32: 0, compressedSize: 0, size: 0 };
  return { name, method: 0, hasDescriptor: false, isZip64: false, ...nothing, mode, modifiedAt };
}
