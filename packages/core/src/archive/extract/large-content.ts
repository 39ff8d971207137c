import type { JobQueue } from "../../concurrency/job-queue.ts";
import { closeQuietly, type DiskFile } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { abortError } from "../../errors.ts";
import { combineCrc32 } from "../format/combine-crc32.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import { ContentSum, checkContent } from "../inflate/check-content.ts";
import { inflateStream } from "../inflate/inflate-stream.ts";
import { checkDescriptor, checkLocalHeader, localHeaderSize } from "../judge/check-local-header.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { LaneOptions } from "./contents-options.ts";
import { pieceJobs, tableOf } from "./piece-jobs.ts";
import { finishFile } from "./place-files.ts";
import type { SegmentReader } from "./segment-reader.ts";
import { writeSparse } from "./write-sparse.ts";

/** Up to this size content is inflated at once. */
const WHOLE_SIZE_MAX = 2 * 1024 * 1024;
/** Of compressed bytes that are handed to zlib at once. */
const FEED_SIZE = 512 * 1024;

type Sum = { readonly size: number; readonly crc32: number };

/** Whether an entry is too large to be held whole. */
export function isLarge({ size, compressedSize }: PlacedEntry): boolean {
  return size > WHOLE_SIZE_MAX || compressedSize > WHOLE_SIZE_MAX;
}

/** Whether an entry is large and can only be inflated from its start to its end. */
export function isSequential(entry: PlacedEntry): boolean {
  return isLarge(entry) && entry.method !== 0 && tableOf(entry) === undefined;
}

export interface LargeContentOptions extends LaneOptions {
  readonly reader: SegmentReader;
  readonly jobs: JobQueue;
}

/** Reads large contents, in pieces at once where they can be cut. */
export class LargeContent {
  readonly #options: LargeContentOptions;
  readonly #open = new Set<DiskFile>();

  constructor(options: LargeContentOptions) {
    this.#options = options;
  }

  /** Reads one. When this resolves its pieces are under way, and what finishes the file behind them. */
  async read(entry: PlacedEntry): Promise<void> {
    const { jobs, target } = this.#options;
    const start = entry.headerOffset + (await this.#headerSize(entry));
    const file = target && entry.type === "file" ? await this.#create(entry, target) : undefined;
    const sums = isSequential(entry)
      ? [Promise.resolve(await this.#inflate(entry, start, file))]
      : await this.#startPieces(entry, start, file);
    await this.#checkBehind(entry, start + entry.compressedSize);
    await jobs.add(() => this.#finish(entry, sums, file));
  }

  /** Closes the files that a failure left open. Nothing may be under way. */
  async close(): Promise<void> {
    for (const file of this.#open) await closeQuietly(file);
  }

  /** The reader goes on only, so that the fixed part is not taken twice. */
  async #headerSize(entry: PlacedEntry): Promise<number> {
    const { reader } = this.#options;
    const behindFixed = Math.min(entry.headerOffset + LOCAL_HEADER_SIZE, entry.limit);
    const fixed = await reader.copy(entry.headerOffset, behindFixed);
    const size = localHeaderSize(fixed, entry);
    const rest = await reader.copy(behindFixed, entry.headerOffset + size);
    return checkLocalHeader(Buffer.concat([fixed, rest]), entry);
  }

  async #checkBehind(entry: PlacedEntry, end: number): Promise<void> {
    const bytes = await this.#options.reader.copy(end, Math.min(end + DESCRIPTOR_SIZE_MAX, entry.limit));
    checkDescriptor(bytes, entry, end);
  }

  async #create({ name }: PlacedEntry, { directory, disk }: NonNullable<LaneOptions["target"]>): Promise<DiskFile> {
    const file = await disk.createFile(pathBelow(directory, name), { isReal: true });
    this.#open.add(file);
    return file;
  }

  async #inflate(entry: PlacedEntry, start: number, file: DiskFile | undefined): Promise<Sum> {
    const { count, signal } = this.#options;
    const sum = new ContentSum();
    for await (const bytes of inflateStream(this.#compressed(entry, start), entry)) {
      if (signal.aborted) throw abortError(signal);
      const position = sum.size;
      sum.add(bytes);
      if (sum.size > entry.size) break;
      if (file) await writeSparse(file, [bytes], { position, size: entry.size });
      count.add({ entries: 0, bytes: bytes.length });
    }
    return sum;
  }

  async *#compressed({ compressedSize }: PlacedEntry, start: number): AsyncGenerator<Uint8Array> {
    const end = start + compressedSize;
    for (let position = start; position < end; ) {
      const bytes = await this.#options.reader.copySome(position, Math.min(position + FEED_SIZE, end));
      position += bytes.length;
      yield bytes;
    }
  }

  async #startPieces(entry: PlacedEntry, start: number, file: DiskFile | undefined): Promise<Promise<Sum>[]> {
    const { reader, jobs, extractor, count } = this.#options;
    const sums: Promise<Sum>[] = [];
    for await (const { job, segment } of pieceJobs(entry, start, reader)) {
      const { result } = await jobs.add(async () => {
        const sum = await extractor.pieces(job, file).finally(() => segment.release());
        count.add({ entries: 0, bytes: sum.size });
        return sum;
      });
      sums.push(result);
    }
    return sums;
  }

  async #finish(entry: PlacedEntry, sums: readonly Promise<Sum>[], file: DiskFile | undefined): Promise<void> {
    const { target, count } = this.#options;
    checkContent(entry, joined(await Promise.all(sums)));
    if (file && target) {
      await finishFile(file, entry, target);
      this.#open.delete(file);
      await file.close();
    }
    count.add({ entries: 1, bytes: 0 });
  }
}

function joined(sums: readonly Sum[]): Sum {
  return sums.reduce(
    (before, { size, crc32 }) => ({ size: before.size + size, crc32: combineCrc32(before.crc32, crc32, size) }),
    { size: 0, crc32: 0 },
  );
}
