import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { WorkerPool } from "../../concurrency/worker-pool.ts";
import type { ReadableFile } from "../../disk/disk.ts";
import { nodeDisk } from "../../disk/node-disk.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import type { CompressionJob } from "./compression-worker.ts";
import { type Compressor, type CompressorOptions, poolCompressor } from "./compressor.ts";
import type { Pack } from "./pack.ts";
import type { Block, BlockRequest } from "./read-block.ts";
import { encodeRun } from "./source-run.ts";
import type { Walk } from "./walk-directory.ts";

/** Below this size the start of the threads would take longer than they save. */
const WORTHWHILE_SIZE = 2 * 1024 * 1024;
const WORKERS_MAX = 4;
/** Takes a block that does not shrink, and mostly a pack with its headers. */
const OUTPUT_SIZE = BLOCK_SIZE + 64 * 1024;
const WORKER = new URL("./compression-worker.js", import.meta.url);

export interface WorkerOptions extends CompressorOptions {
  /** Threads to use; 0 for none. As many as there are processors, at most four, when left out. */
  readonly workers?: number | undefined;
  /** The program of the threads. For tests, which run sources that no thread can load. */
  readonly workerUrl?: URL;
}

/** Chooses where to compress: in threads of its own where that pays and works, otherwise in Node's pool. */
export function chooseCompressor(walk: Walk, options: WorkerOptions & { readonly concurrency: number }): Compressor {
  const { workers = Math.min(availableParallelism(), WORKERS_MAX), workerUrl = WORKER, disk, concurrency } = options;
  const pool = poolCompressor(options, concurrency);
  const isWorthwhile = workers > 0 && walk.size >= WORTHWHILE_SIZE;
  if (!isWorthwhile || disk !== nodeDisk || !existsSync(workerUrl)) return pool;
  return new WorkerCompressor(options, { fallback: pool, workers, workerUrl });
}

/** Compresses in threads that read the files themselves. What a thread cannot do, the fallback does. */
class WorkerCompressor implements Compressor {
  readonly jobsAhead: number;
  readonly #fallback: Compressor;
  readonly #start: () => WorkerPool;
  readonly #memory: ArrayBuffer[] = [];
  #threads: WorkerPool | undefined;

  constructor(
    { root, realRoot, level, onUnreadable, onChanged }: CompressorOptions,
    { fallback, workers, workerUrl }: { fallback: Compressor; workers: number; workerUrl: URL },
  ) {
    this.jobsAhead = 3 * workers + 2;
    this.#fallback = fallback;
    const settings = { root, realRoot, level, onUnreadable, onChanged };
    this.#start = () => new WorkerPool(workerUrl, workers, settings);
  }

  async pack(sources: Parameters<Compressor["pack"]>[0]): Promise<Pack> {
    const pack = await this.#run({ run: encodeRun(sources) });
    return (pack as Pack | undefined) ?? this.#fallback.pack(sources);
  }

  packHere(sources: Parameters<Compressor["pack"]>[0]): Promise<Pack> {
    return this.#fallback.pack(sources);
  }

  async block(file: ReadableFile, request: BlockRequest): Promise<Block> {
    const { descriptor } = file;
    const block = descriptor === undefined ? undefined : await this.#run({ descriptor, request });
    return (block as Block | undefined) ?? this.#fallback.block(file, request);
  }

  recycle({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === OUTPUT_SIZE) this.#memory.push(buffer);
  }

  async close(): Promise<void> {
    await this.#threads?.close();
  }

  #run(job: CompressionJob): Promise<unknown> {
    this.#threads ??= this.#start();
    return this.#threads.run(job, this.#memory.pop() ?? Buffer.allocUnsafeSlow(OUTPUT_SIZE).buffer);
  }
}
