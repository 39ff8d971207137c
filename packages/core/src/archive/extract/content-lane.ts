import { JobQueue } from "../../concurrency/job-queue.ts";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { LOCAL_HEADER_SIZE_MAX } from "../judge/check-local-header.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { LaneOptions } from "./contents-options.ts";
import { type Extent, fetchSegments } from "./fetch-segments.ts";
import { isLarge, LargeContent } from "./large-content.ts";
import { type Segment, SegmentMemory } from "./segment.ts";
import { SegmentReader } from "./segment-reader.ts";

const JOB_ENTRIES_MAX = 256;
const JOB_SIZE_MAX = 512 * 1024;

/** Small entries that lie in one segment. */
interface Run {
  readonly segment: Segment;
  readonly entries: PlacedEntry[];
  readonly start: number;
  end: number;
}

/** Reads contents in the order of the archive and has them inflated, checked and written, several at once. */
export class ContentLane {
  readonly #reader: ArchiveReader;
  readonly #options: LaneOptions;
  readonly #memory: SegmentMemory;
  readonly #jobs: JobQueue;

  constructor(reader: ArchiveReader, options: LaneOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#memory = new SegmentMemory(reader.ranges.size);
    this.#jobs = new JobQueue(options.extractor.jobsAhead);
  }

  /** Reads entries, which are in the order of the archive. When it ends, for whatever reason, nothing is under way any more. */
  async read(entries: readonly PlacedEntry[]): Promise<void> {
    const { signal } = this.#options;
    const memory = this.#memory;
    const segments = fetchSegments(this.#reader, extentsOf(entries), { memory, signal });
    const reader = new SegmentReader(segments, memory);
    const large = new LargeContent({ ...this.#options, reader, jobs: this.#jobs });
    try {
      await this.#readAll(entries, reader, large);
      await this.#jobs.drained();
      if (signal.aborted) throw abortError(signal);
    } finally {
      await this.#jobs.settled();
      await large.close();
      await reader.close();
    }
  }

  async #readAll(entries: readonly PlacedEntry[], reader: SegmentReader, large: LargeContent): Promise<void> {
    const { signal } = this.#options;
    let run: Run | undefined;
    for (const entry of entries) {
      if (signal.aborted) throw abortError(signal);
      if (isLarge(entry)) {
        if (run) await this.#start(run);
        run = undefined;
        await large.read(entry);
        continue;
      }
      const { start, end } = extentOf(entry);
      if (run && !isRoomFor(run, { start, end })) {
        await this.#start(run);
        run = undefined;
      }
      run ??= { segment: await reader.take(start, end), entries: [], start, end };
      run.entries.push(entry);
      run.end = end;
    }
    if (run) await this.#start(run);
  }

  async #start({ segment, entries, start, end }: Run): Promise<void> {
    const { extractor, count, signal } = this.#options;
    const bytes = entries.reduce((total, entry) => total + entry.size, 0);
    await this.#jobs.add(async () => {
      try {
        if (signal.aborted) throw abortError(signal);
        await extractor.files({ bytes: segment.slice(start, end), offset: start, entries });
      } finally {
        segment.release();
      }
      count.add({ entries: entries.length, bytes });
    });
  }
}

function isRoomFor({ segment, entries, start }: Run, extent: Extent): boolean {
  const isFull = entries.length === JOB_ENTRIES_MAX || extent.end - start > JOB_SIZE_MAX;
  return !isFull && segment.covers(extent.start, extent.end);
}

function* extentsOf(entries: readonly PlacedEntry[]): Generator<Extent> {
  for (const entry of entries) yield extentOf(entry);
}

/** The bytes that an entry may need: what its local header takes is not known before it is there. */
function extentOf({ headerOffset, compressedSize, limit }: PlacedEntry): Extent {
  const end = headerOffset + LOCAL_HEADER_SIZE_MAX + compressedSize + DESCRIPTOR_SIZE_MAX;
  return { start: headerOffset, end: Math.min(end, limit) };
}
