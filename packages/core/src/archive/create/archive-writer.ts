import { inOrder } from "../../concurrency/in-order.ts";
import { take } from "../../concurrency/steps.ts";
import { closeQuietly } from "../../disk/disk.ts";
import { abortError, StowageError } from "../../errors.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import { CentralDirectoryWriter } from "../format/central-directory-writer.ts";
import { emptyTreeEntry } from "../format/empty-tree.ts";
import { encodeLocalHeader, type NewEntry } from "../format/local-header.ts";
import { encodeLeftOut, type LeftOutOptions, leftOutOf } from "../left-out/left-out.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import { ArchiveContents } from "./archive-contents.ts";
import type { Compressor } from "./compressor.ts";
import { READ_ATTEMPTS, verdictOn } from "./file-change.ts";
import { largePieces } from "./large-pieces.ts";
import { leftOutEntry } from "./left-out-entry.ts";
import { linkEntry } from "./link-entry.ts";
import { type BackUpOptions, openFileToBackUp, skippedOrThrow } from "./open-file-to-back-up.ts";
import { membersOf, type Pack, type Packed } from "./pack.ts";
import { packsOf } from "./pack-files.ts";
import { streamLargeFile } from "./stream-large-file.ts";
import type { Walk, WalkedEntry } from "./walk-directory.ts";
import { WalkedDirectories } from "./walked-directories.ts";
import { chooseCompressor, type WorkerOptions } from "./worker-compressor.ts";

export interface WriteOptions
  extends Omit<BackUpOptions, "root" | "realRoot" | "directories" | "disk">,
    Pick<WorkerOptions, "workers" | "disk">,
    LeftOutOptions {
  readonly signal: AbortSignal;
  /** zlib's level, 0–9. 1 when left out. */
  readonly level?: number;
  /** Blocks that are compressed at once where there are no threads. 4 when left out. The archive does not depend on it. */
  readonly concurrency?: number;
  /** Called after each entry and after each block of a large file; bytes of content, not of the archive. */
  onProgress?(progress: { entriesDone: number; bytesDone: number }): void;
}

type WriterOptions = WriteOptions & { readonly level: number; readonly concurrency: number };

type Prepared = { readonly entries: readonly WalkedEntry[]; readonly pack?: Pack };

/** Turns a walk into the bytes of a zip: the entries in order, then the central directory. */
export class ArchiveWriter {
  readonly content: AsyncIterable<Uint8Array>;
  readonly warnings: SkippedEntry[] = [];
  readonly contents = new ArchiveContents();
  readonly #walk: Walk;
  readonly #options: WriterOptions & Pick<BackUpOptions, "root" | "realRoot" | "directories">;
  readonly #compressor: Compressor;
  readonly #directory = new CentralDirectoryWriter();
  #size = 0;
  #entriesDone = 0;
  #bytesDone = 0;

  constructor(walk: Walk, options: WriterOptions) {
    this.#walk = walk;
    this.#options = {
      ...options,
      root: walk.root,
      realRoot: walk.realRoot,
      directories: new WalkedDirectories(walk, options.disk),
    };
    this.#compressor = chooseCompressor(walk, this.#options);
    this.content = largePieces(this.#counted());
  }

  get directorySize(): number {
    return this.#directory.size;
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
    yield* this.#links();
    this.#assertCounted();
    if (!(yield* this.#leftOut()) && this.contents.entries === 0) yield* this.#emptyTree();
    yield* this.#directory.finish(this.#size);
  }

  /** Writes what the archive leaves out, if it does. Says whether. */
  *#leftOut(): Generator<Uint8Array, boolean> {
    const bytes = encodeLeftOut(leftOutOf(this.#walk, this.#options, this.warnings));
    if (!bytes) return false;
    const { entry, content } = leftOutEntry(bytes, this.#options.level);
    this.#directory.add(entry, this.#size);
    yield encodeLocalHeader(entry);
    yield content;
    return true;
  }

  async *#entriesInOrder(): AsyncGenerator<Uint8Array> {
    const isSubstituted = (entry: WalkedEntry) => this.#isSubstituted(entry);
    const prepared = inOrder(packsOf(this.#walk.entries, isSubstituted), {
      run: (entries) => this.#prepare(entries),
      weigh: () => 1,
      limit: this.#compressor.jobsAhead,
      signal: this.#options.signal,
    });
    for await (const { entries, pack } of prepared) {
      if (pack) yield* this.#packed(entries, pack);
      else for (const entry of entries) yield* this.#streamed(entry);
    }
  }

  /** Behind all else, so that whoever reads where they lead finds that in one place. */
  *#links(): Generator<Uint8Array> {
    for (const link of this.#walk.links) {
      const { entry, content } = linkEntry(link);
      this.#list(entry, this.#size, link);
      yield encodeLocalHeader(entry);
      yield content;
      this.#report(1, entry.size);
    }
  }

  *#emptyTree(): Generator<Uint8Array> {
    const entry = emptyTreeEntry();
    this.#directory.add(entry, this.#size);
    yield encodeLocalHeader(entry);
  }

  #isSubstituted({ name }: WalkedEntry): boolean {
    return this.#options.substitutes?.has(name) ?? false;
  }

  /** Reads ahead what is small. What is large is only opened when its turn has come. */
  async #prepare(entries: readonly WalkedEntry[]): Promise<Prepared> {
    if (entries.some(({ size }) => size > BLOCK_SIZE)) return { entries };
    const comesFromElsewhere = entries.some((entry) => this.#isSubstituted(entry));
    const pack = comesFromElsewhere ? this.#compressor.packHere(entries) : this.#compressor.pack(entries);
    return { entries, pack: await pack };
  }

  async *#packed(entries: readonly WalkedEntry[], pack: Pack): AsyncGenerator<Uint8Array> {
    const { bytes } = pack;
    let [start, end] = [0, 0];
    for (const [walked, member] of membersOf(pack, entries)) {
      if (typeof member === "string") {
        yield bytes.subarray(start, end);
        start = end;
        if (member === "too-large") yield* this.#streamed(walked);
        else yield* this.#packed([walked], await this.#compressor.packHere([walked]));
      } else {
        end += this.#listed(member, this.#size + end - start, walked);
        this.#report(1, "entry" in member ? member.entry.size : 0);
      }
    }
    yield bytes.subarray(start, end);
    this.#compressor.recycle(bytes);
  }

  /** Enters a member of a pack into the directory. Returns the bytes it takes. */
  #listed(member: Exclude<Packed, string>, offset: number, walked: WalkedEntry): number {
    if ("reason" in member) return this.#leaveOut(member);
    const { entry, size, change } = member;
    if (change !== "none") this.#warn({ name: entry.name, reason: change });
    this.#list(entry, offset, walked);
    return size;
  }

  async *#streamed(entry: WalkedEntry): AsyncGenerator<Uint8Array> {
    yield* this.#large(entry);
    this.#report(1, 0);
  }

  /** Writes a large file, and once more behind it if it changed: only the reading that is kept enters the central directory. */
  async *#large(entry: WalkedEntry): AsyncGenerator<Uint8Array> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const offset = this.#size;
      const outcome = yield* this.#reading(entry, attempt);
      if ("reason" in outcome) return void this.#leaveOut(outcome);
      const { onChanged } = this.#options;
      const verdict = verdictOn(outcome.change, attempt, { entry: entry, onChanged });
      if (verdict === "again") continue;
      if (verdict !== "keep") return void this.#leaveOut(verdict);
      if (outcome.change !== "none") this.#warn({ name: entry.name, reason: outcome.change });
      return this.#list(outcome.entry, offset, entry);
    }
  }

  /** Reports the bytes of the first attempt only, so that progress never runs backwards or beyond the whole. */
  async *#reading(entry: WalkedEntry, attempt: number) {
    const onBlock = (size: number) => this.#report(0, attempt === 1 ? size : 0);
    const opened = await take(openFileToBackUp(entry, this.#options));
    if ("reason" in opened) return opened;
    try {
      return yield* streamLargeFile(opened, {
        ...this.#options,
        compressor: this.#compressor,
        name: entry.name,
        onBlock,
      });
    } catch (error) {
      return skippedOrThrow(error, entry, this.#options);
    } finally {
      await closeQuietly(opened.file);
    }
  }

  #list(entry: NewEntry, offset: number, { owner }: Pick<WalkedEntry, "owner">): void {
    this.#directory.add(entry, offset, owner);
    this.contents.add(entry);
  }

  #leaveOut(entry: SkippedEntry): 0 {
    this.contents.leaveOut(entry);
    this.#warn(entry);
    return 0;
  }

  #warn(warning: SkippedEntry): void {
    this.warnings.push(warning);
  }

  /** Every file of the walk is in the archive or in the warnings: what is in neither would be lost without a word. */
  #assertCounted(): void {
    const expected = this.#walk.entries.length + this.#walk.links.length;
    const counted = this.contents.entries + this.contents.leftOut.size;
    if (counted === expected) return;
    const message = `${counted} of ${expected} entries are accounted for; nothing was published`;
    throw new StowageError("INTERNAL", message);
  }

  #report(entries: number, bytes: number): void {
    if (this.#options.signal.aborted) throw abortError(this.#options.signal);
    this.#entriesDone += entries;
    this.#bytesDone += bytes;
    this.#options.onProgress?.({ entriesDone: this.#entriesDone, bytesDone: this.#bytesDone });
  }
}
