import { parentPort, workerData } from "node:worker_threads";
import { fileOfDescriptor, immediateDisk } from "../immediate-disk.ts";
import { deflateHere } from "./deflate.ts";
import { BLOCK_SIZE } from "./deflate-block.ts";
import { fillYoungHeap } from "./fill-young-heap.ts";
import type { SourceOptions } from "./open-source.ts";
import { type Pack, packFiles } from "./pack-files.ts";
import { type Block, type BlockRequest, readBlock } from "./read-block.ts";
import type { SourceEntry } from "./walk-directory.ts";
import type { Answer } from "./worker-pool.ts";

/** What a thread is asked to read and compress: small files, or a block of a file that the process has open. */
export type CompressionJob =
  | { readonly sources: readonly SourceEntry[] }
  | { readonly descriptor: number; readonly request: BlockRequest };

const codec = { ...(workerData as Pick<SourceOptions, "onUnreadable"> & { level: number }), deflate: deflateHere };

interface Request {
  readonly id: number;
  readonly job: CompressionJob;
  readonly output: ArrayBuffer;
}

/** One job at a time uses it. Memory that is allocated for each job comes back late. */
const memory = Buffer.allocUnsafeSlow(BLOCK_SIZE);

let jobs = Promise.resolve();

parentPort?.on("message", ({ id, job, output }: Request) => {
  jobs = jobs
    .then(() => run(job))
    .then(
      (result) => answer(id, result, output),
      () => parentPort?.postMessage({ id } satisfies Answer),
    )
    .then(fillYoungHeap);
});

async function run(job: CompressionJob): Promise<Pack | Block> {
  if ("sources" in job) return packFiles(job.sources, { ...codec, disk: immediateDisk });
  return readBlock(fileOfDescriptor(job.descriptor), job.request, { ...codec, memory });
}

/** Puts the bytes into the memory that came with the job and hands it over. What does not fit is copied by the message. */
function answer(id: number, result: Pack | Block, output: ArrayBuffer): void {
  const fits = result.bytes.length <= output.byteLength;
  const bytes = fits ? new Uint8Array(output, 0, result.bytes.length) : result.bytes;
  if (fits) bytes.set(result.bytes);
  parentPort?.postMessage({ id, result: { ...result, bytes } } satisfies Answer, fits ? [output] : []);
}
