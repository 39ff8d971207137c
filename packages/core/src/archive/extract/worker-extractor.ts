import type { JobPool } from "../../concurrency/worker-pool.ts";
import type { Disk, DiskFile } from "../../disk/disk.ts";
import { errnoOf } from "../../disk/errno-of.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { threadCount } from "../../disk/thread-count.ts";
import type { ExtractorOptions } from "./contents-options.ts";
import { columnsOf } from "./entry-columns.ts";
import type { ExtractionJob, ExtractionResult } from "./extract-in-thread.ts";
import { type Extractor, poolExtractor } from "./extractor.ts";
import type { FilesJob } from "./place-files.ts";
import type { PiecesJob } from "./place-pieces.ts";

export interface ThreadOptions {
  /** The disk that they read for, and write to if anything is written. */
  readonly disk: Disk;
  /** Threads to use; 0 for none. As many as there are processors, at most four, when left out. */
  readonly workers?: number | undefined;
}

/**
 * Starts the threads that read an archive of so many bytes, so that they are there once it is judged. Nothing where they would not
 * pay or cannot be had: Node's pool takes their place. Close them.
 */
export function startExtractionThreads(archiveSize: number, options: ThreadOptions): JobPool | undefined {
  const { disk, workers } = options;
  const count = threadCount(disk, { archiveSize, workers });
  return count > 0 ? disk.threads?.start("extraction", count, {}) : undefined;
}

/** Chooses where to extract: in threads, if there are any, otherwise in Node's pool. */
export function chooseExtractor({ target, threads }: ExtractorOptions): Extractor {
  const pool = poolExtractor(target);
  if (!threads || threads.size === 0) return pool;
  return new WorkerExtractor(target, { fallback: pool, threads });
}

/** Extracts in threads that write the files themselves. What a thread cannot do, the fallback does again. */
class WorkerExtractor implements Extractor {
  readonly jobsAhead: number;
  readonly #target: ExtractorOptions["target"];
  readonly #fallback: Extractor;
  readonly #threads: JobPool;

  constructor(target: ExtractorOptions["target"], { fallback, threads }: { fallback: Extractor; threads: JobPool }) {
    this.jobsAhead = 2 * threads.size + 1;
    this.#target = target;
    this.#fallback = fallback;
    this.#threads = threads;
  }

  async files(job: FilesJob): Promise<void> {
    const { bytes, offset, entries } = job;
    const target = this.#target && { directory: this.#target.directory, syncsFiles: this.#target.syncsFiles };
    const threads = this.#threads.size;
    const result = await this.#run({ bytes, offset, columns: columnsOf(entries), target });
    for (const [kind, name] of result?.refused ?? []) this.#target?.refusals.note(kind, name);
    if (result !== undefined) return;
    if (this.#threads.size < threads) await this.#removeFiles(job);
    await this.#fallback.files(job);
  }

  async pieces(job: PiecesJob, file: DiskFile | undefined): Promise<{ size: number; crc32: number }> {
    const { entry, pieces, position } = job;
    const columns = columnsOf([entry]);
    const canShare = !file || file.descriptor !== undefined;
    const sum = canShare && (await this.#run({ columns, pieces, position, descriptor: file?.descriptor }));
    return (sum || undefined) ?? this.#fallback.pieces(job, file);
  }

  #run(job: ExtractionJob): Promise<ExtractionResult | undefined> {
    return this.#threads.run(job) as Promise<ExtractionResult | undefined>;
  }

  /** Removes what a thread may have left that died of a job. One that only fails removes its files itself, and no others. */
  async #removeFiles({ entries }: FilesJob): Promise<void> {
    if (!this.#target) return;
    const { directory, disk } = this.#target;
    for (const { name, type } of entries) {
      if (type !== "file") continue;
      await disk.removeFile(pathBelow(directory, name), { isReal: true }).catch((error: unknown) => {
        if (errnoOf(error) !== "ENOENT") throw error;
      });
    }
  }
}
