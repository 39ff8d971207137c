import type { JobPool } from "../../concurrency/worker-pool.ts";
import type { Disk, ReadableFile } from "../../disk/disk.ts";
import { threadCount } from "../../disk/thread-count.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import type { CompressionJob, ThreadSettings } from "./compress-in-thread.ts";
import { type Compressor, type CompressorOptions, poolCompressor } from "./compressor.ts";
import { encodeRun } from "./entry-run.ts";
import type { Pack } from "./pack.ts";
import type { Block, BlockRequest } from "./read-block.ts";
import type { Walk } from "./walk-directory.ts";

/** How much smaller the archive of common data is. */
const SHRINKS_TO = 1 / 4;
/** Takes a block that does not shrink, and mostly a pack with its headers. */
const OUTPUT_SIZE = BLOCK_SIZE + 64 * 1024;

export interface WorkerOptions extends CompressorOptions {
  readonly disk: Disk;
  /** Threads to use; 0 for none. As many as there are processors, at most four, when left out. */
  readonly workers?: number | undefined;
}

/** Chooses where to compress: in threads of its own where that pays and works, otherwise in Node's pool. */
export function chooseCompressor(walk: Walk, options: WorkerOptions & { readonly concurrency: number }): Compressor {
  const { disk, concurrency } = options;
  const pool = poolCompressor(options, concurrency);
  const workers = threadCount(disk, { archiveSize: walk.size * SHRINKS_TO, workers: options.workers });
  const { threads } = disk;
  if (!threads || workers === 0) return pool;
  const { root, realRoot, level, onUnreadable, onChanged } = options;
  const settings: ThreadSettings = { root, realRoot, level, onUnreadable, onChanged };
  return new WorkerCompressor({
    fallback: pool,
    workers,
    start: () => threads.start("compression", workers, settings),
  });
}

/** Compresses in threads that read the files themselves. What a thread cannot do, the fallback does. */
class WorkerCompressor implements Compressor {
  readonly jobsAhead: number;
  readonly #fallback: Compressor;
  readonly #start: () => JobPool;
  readonly #memory: ArrayBuffer[] = [];
  #threads: JobPool | undefined;

  constructor({ fallback, workers, start }: { fallback: Compressor; workers: number; start(): JobPool }) {
    this.jobsAhead = 3 * workers + 2;
    this.#fallback = fallback;
    this.#start = start;
  }

  async pack(entries: Parameters<Compressor["pack"]>[0]): Promise<Pack> {
    const pack = await this.#run({ run: encodeRun(entries) });
    return (pack as Pack | undefined) ?? this.#fallback.pack(entries);
  }

  packHere(entries: Parameters<Compressor["pack"]>[0]): Promise<Pack> {
    return this.#fallback.pack(entries);
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
