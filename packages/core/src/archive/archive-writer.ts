import { abortError } from "../errors.ts";
import { CentralDirectoryWriter } from "./central-directory-writer.ts";
import type { Compressor } from "./compressor.ts";
import { BLOCK_SIZE } from "./deflate-block.ts";
import { emptyTreeEntry } from "./empty-tree.ts";
import { inOrder } from "./in-order.ts";
import { largePieces } from "./large-pieces.ts";
import { encodeLocalHeader } from "./local-header.ts";
import { closeSource, openSource, type SourceOptions, skippedOrThrow } from "./open-source.ts";
import { membersOf, type Pack, type Packed } from "./pack.ts";
import { packsOf } from "./pack-files.ts";
import type { SkippedEntry } from "./skipped-entry.ts";
import { READ_ATTEMPTS, verdictOn } from "./source-change.ts";
import { streamLargeFile } from "./stream-large-file.ts";
import type { SourceEntry, Walk } from "./walk-directory.ts";
import { chooseCompressor, type WorkerOptions } from "./worker-compressor.ts";

export interface WriteOptions extends Omit<SourceOptions, "root">, Pick<WorkerOptions, "workers" | "workerUrl"> {
  readonly signal: AbortSignal;
  /** zlib's level, 0–9. 1 when left out. */
  readonly level?: number;
  /** Blocks that are compressed at once where there are no threads. 4 when left out. The archive does not depend on it. */
  readonly concurrency?: number;
  /** Called after each entry and after each block of a large file; bytes of content, not of the archive. */
  onProgress?(progress: { entriesDone: number; bytesDone: number }): void;
}

type WriterOptions = WriteOptions & { readonly level: number; readonly concurrency: number };

type Prepared = { readonly sources: readonly SourceEntry[]; readonly pack?: Pack };

/** Turns a walk into the bytes of a zip: the entries in order, then the central directory. */
export class ArchiveWriter {
  readonly content: AsyncIterable<Uint8Array>;
  readonly warnings: SkippedEntry[] = [];
  readonly #walk: Walk;
  readonly #options: WriterOptions & Pick<Walk, "root">;
  readonly #compressor: Compressor;
  readonly #directory = new CentralDirectoryWriter();
  #size = 0;
  #entries = 0;
  #entriesDone = 0;
  #bytesDone = 0;

  constructor(walk: Walk, options: WriterOptions) {
    this.#walk = walk;
    this.#options = { ...options, root: walk.root };
    this.#compressor = chooseCompressor(walk, this.#options);
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
    try {
      yield* this.#entriesInOrder();
    } finally {
      await this.#compressor.close();
    }
    if (this.#entries === 0) yield* this.#emptyTree();
    yield* this.#directory.finish(this.#size);
  }

  async *#entriesInOrder(): AsyncGenerator<Uint8Array> {
    const isSubstituted = (source: SourceEntry) => this.#isSubstituted(source);
    const prepared = inOrder(packsOf(this.#walk.entries, isSubstituted), {
      run: (sources) => this.#prepare(sources),
      weigh: () => 1,
      limit: this.#compressor.jobsAhead,
      signal: this.#options.signal,
    });
    for await (const { sources, pack } of prepared) {
      if (pack) yield* this.#packed(sources, pack);
      else for (const source of sources) yield* this.#streamed(source);
    }
  }

  *#emptyTree(): Generator<Uint8Array> {
    const entry = emptyTreeEntry();
    this.#directory.add(entry, this.#size);
    yield encodeLocalHeader(entry);
  }

  #isSubstituted({ name }: SourceEntry): boolean {
    return this.#options.substitutes?.has(name) ?? false;
  }

  /** Reads ahead what is small. What is large, or comes from elsewhere, is only opened when its turn has come. */
  async #prepare(sources: readonly SourceEntry[]): Promise<Prepared> {
    const isLarge = sources.some((source) => source.size > BLOCK_SIZE || this.#isSubstituted(source));
    return isLarge ? { sources } : { sources, pack: await this.#compressor.pack(sources) };
  }

  async *#packed(sources: readonly SourceEntry[], pack: Pack): AsyncGenerator<Uint8Array> {
    const { bytes } = pack;
    let [start, end] = [0, 0];
    for (const [source, member] of membersOf(pack, sources)) {
      if (member === "too-large") {
        yield bytes.subarray(start, end);
        start = end;
        yield* this.#streamed(source);
      } else {
        end += this.#listed(member, this.#size + end - start);
        this.#report(1, "entry" in member ? member.entry.size : 0);
      }
    }
    yield bytes.subarray(start, end);
    this.#compressor.recycle(bytes);
  }

  /** Enters a member of a pack into the directory. Returns the bytes it takes. */
  #listed(member: Exclude<Packed, "too-large">, offset: number): number {
    if ("reason" in member) return this.#warn(member);
    const { entry, size, change } = member;
    if (change !== "none") this.#warn({ name: entry.name, reason: change });
    this.#directory.add(entry, offset);
    this.#entries += 1;
    return size;
  }

  async *#streamed(source: SourceEntry): AsyncGenerator<Uint8Array> {
    yield* this.#large(source);
    this.#report(1, 0);
  }

  /** Writes a large file, and once more behind it if it changed: only the reading that is kept enters the central directory. */
  async *#large(source: SourceEntry): AsyncGenerator<Uint8Array> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const offset = this.#size;
      const outcome = yield* this.#reading(source, attempt);
      if ("reason" in outcome) return this.#warn(outcome);
      const { onChanged } = this.#options;
      const verdict = verdictOn(outcome.change, attempt, { entry: source, onChanged });
      if (verdict === "again") continue;
      if (verdict !== "keep") return this.#warn(verdict);
      if (outcome.change !== "none") this.#warn({ name: source.name, reason: outcome.change });
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
      return yield* streamLargeFile(opened, {
        ...this.#options,
        compressor: this.#compressor,
        name: source.name,
        onBlock,
      });
    } catch (error) {
      return skippedOrThrow(error, source, this.#options);
    } finally {
      await closeSource(opened.file);
    }
  }

  #warn(warning: SkippedEntry): 0 {
    this.warnings.push(warning);
    return 0;
  }

  #report(entries: number, bytes: number): void {
    if (this.#options.signal.aborted) throw abortError(this.#options.signal);
    this.#entriesDone += entries;
    this.#bytesDone += bytes;
    this.#options.onProgress?.({ entriesDone: this.#entriesDone, bytesDone: this.#bytesDone });
  }
}
