import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { WorkerPool } from "../../concurrency/worker-pool.ts";

/** Below this size the start of the threads would take longer than they save. */
const WORTHWHILE_SIZE = 512 * 1024;
const WORKERS_MAX = 4;
const WORKER = new URL("./extraction-worker.js", import.meta.url);

export interface ThreadOptions {
  /** Threads to use; 0 for none. As many as there are processors, at most four, when left out. */
  readonly workers?: number | undefined;
  /** The program of the threads. For tests, which run sources that no thread can load. */
  readonly workerUrl?: URL | undefined;
}

/**
 * Starts the threads that read an archive of so many bytes, so that they are there once it is judged. Nothing where they would not
 * pay or cannot be had: Node's pool takes their place. Close them.
 */
export function startExtractionThreads(archiveSize: number, options: ThreadOptions = {}): WorkerPool | undefined {
  const { workers = Math.min(availableParallelism(), WORKERS_MAX), workerUrl = WORKER } = options;
  if (workers === 0 || archiveSize < WORTHWHILE_SIZE || !existsSync(workerUrl)) return undefined;
  return new WorkerPool(workerUrl, workers, undefined);
}
