import type { WorkerPool } from "../../concurrency/worker-pool.ts";
import { type Disk, type DiskFile, nodeDisk } from "../../disk/disk.ts";
import { errnoOf } from "../../disk/errno-of.ts";
import { columnsOf } from "./entry-columns.ts";
import type { ExtractionJob } from "./extraction-worker.ts";
import { type Extractor, poolExtractor } from "./extractor.ts";
import type { FilesJob } from "./place-files.ts";
import type { PiecesJob } from "./place-pieces.ts";

export interface ExtractorOptions {
  /** Where files go, among directories that are there. Nothing is written if it is left out. */
  readonly target?: { readonly directory: string; readonly disk: Disk; readonly syncsFiles: boolean } | undefined;
  readonly threads?: WorkerPool | undefined;
}

/** Chooses where to extract: in threads, if there are any and they write to the same disk, otherwise in Node's pool. */
export function chooseExtractor({ target, threads }: ExtractorOptions): Extractor {
  const pool = poolExtractor(target);
  if (!threads || (target && target.disk !== nodeDisk)) return pool;
  return new WorkerExtractor(target, { fallback: pool, threads });
}

/** Extracts in threads that write the files themselves. What a thread cannot do, the fallback does again. */
class WorkerExtractor implements Extractor {
  readonly jobsAhead: number;
  readonly #target: ExtractorOptions["target"];
  readonly #fallback: Extractor;
  readonly #threads: WorkerPool;

  constructor(target: ExtractorOptions["target"], { fallback, threads }: { fallback: Extractor; threads: WorkerPool }) {
    this.jobsAhead = 2 * threads.size + 1;
    this.#target = target;
    this.#fallback = fallback;
    this.#threads = threads;
  }

  async files(job: FilesJob): Promise<void> {
    const { bytes, offset, entries } = job;
    const target = this.#target && { directory: this.#target.directory, syncsFiles: this.#target.syncsFiles };
    const threads = this.#threads.size;
    if ((await this.#run({ bytes, offset, columns: columnsOf(entries), target })) !== undefined) return;
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

  #run(job: ExtractionJob): Promise<{ size: number; crc32: number } | undefined> {
    return this.#threads.run(job) as Promise<{ size: number; crc32: number } | undefined>;
  }

  /** Removes what a thread may have left that died of a job. One that only fails removes its files itself, and no others. */
  async #removeFiles({ entries }: FilesJob): Promise<void> {
    if (!this.#target) return;
    const { directory, disk } = this.#target;
    for (const { name, type } of entries) {
      if (type !== "file") continue;
      await disk.removeFile(`${directory}/${name}`, { isReal: true }).catch((error: unknown) => {
        if (errnoOf(error) !== "ENOENT") throw error;
      });
    }
  }
}
