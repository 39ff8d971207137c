import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Disk, type DiskFile, nodeDisk } from "../disk.ts";
import { errnoOf } from "../errno-of.ts";
import { columnsOf } from "./entry-columns.ts";
import type { ExtractionJob } from "./extraction-worker.ts";
import { type Extractor, poolExtractor } from "./extractor.ts";
import type { FilesJob } from "./place-files.ts";
import type { PiecesJob } from "./place-pieces.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Below this size the start of the threads would take longer than they save. */
const WORTHWHILE_SIZE = 2 * 1024 * 1024;
const WORTHWHILE_ENTRIES = 500;
const WORKERS_MAX = 4;
const WORKER = new URL("./extraction-worker.js", import.meta.url);

export interface ExtractorOptions {
  readonly target?: { readonly directory: string; readonly disk: Disk; readonly syncsFiles: boolean } | undefined;
  /** Threads to use; 0 for none. As many as there are processors, at most four, when left out. */
  readonly workers?: number | undefined;
  /** The program of the threads. For tests, which run sources that no thread can load. */
  readonly workerUrl?: URL | undefined;
}

/** Chooses where to extract: in threads of its own where that pays and works, otherwise in Node's pool. */
export function chooseExtractor(
  { entries, size }: { entries: number; size: number },
  { target, workers = Math.min(availableParallelism(), WORKERS_MAX), workerUrl = WORKER }: ExtractorOptions,
): Extractor {
  const pool = poolExtractor(target);
  const isWorthwhile = workers > 0 && (size >= WORTHWHILE_SIZE || entries >= WORTHWHILE_ENTRIES);
  if (!isWorthwhile || (target && target.disk !== nodeDisk) || !existsSync(workerUrl)) return pool;
  return new WorkerExtractor(target, { fallback: pool, workers, workerUrl });
}

/** Extracts in threads that write the files themselves. What a thread cannot do, the fallback does again. */
class WorkerExtractor implements Extractor {
  readonly jobsAhead: number;
  readonly #target: ExtractorOptions["target"];
  readonly #fallback: Extractor;
  readonly #threads: WorkerPool;

  constructor(
    target: ExtractorOptions["target"],
    { fallback, workers, workerUrl }: { fallback: Extractor; workers: number; workerUrl: URL },
  ) {
    this.jobsAhead = 3 * workers + 2;
    this.#target = target;
    this.#fallback = fallback;
    const place = target && { directory: target.directory, syncsFiles: target.syncsFiles };
    this.#threads = new WorkerPool(workerUrl, workers, { target: place });
  }

  async files(job: FilesJob): Promise<void> {
    const { bytes, offset, entries } = job;
    if ((await this.#run({ bytes, offset, columns: columnsOf(entries) })) !== undefined) return;
    await this.#removeFiles(job);
    await this.#fallback.files(job);
  }

  async pieces(job: PiecesJob, file: DiskFile | undefined): Promise<{ size: number; crc32: number }> {
    const { entry, pieces, position } = job;
    const columns = columnsOf([entry]);
    const canShare = !file || file.descriptor !== undefined;
    const sum = canShare && (await this.#run({ columns, pieces, position, descriptor: file?.descriptor }));
    return (sum || undefined) ?? this.#fallback.pieces(job, file);
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }

  #run(job: ExtractionJob): Promise<{ size: number; crc32: number } | undefined> {
    return this.#threads.run(job) as Promise<{ size: number; crc32: number } | undefined>;
  }

  /** Removes what a thread left of a job in which it failed. */
  async #removeFiles({ entries }: FilesJob): Promise<void> {
    if (!this.#target) return;
    const { directory, disk } = this.#target;
    for (const { name, type } of entries) {
      if (type !== "file") continue;
      await disk.removeFile(`${directory}/${name}`).catch((error: unknown) => {
        if (errnoOf(error) !== "ENOENT") throw error;
      });
    }
  }
}
