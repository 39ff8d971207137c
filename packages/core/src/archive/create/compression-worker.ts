import { parentPort, workerData } from "node:worker_threads";
import { fillYoungHeap } from "../../concurrency/fill-young-heap.ts";
import type { Answer } from "../../concurrency/worker-pool.ts";
import { fileOfDescriptor, immediateDisk } from "../../disk/immediate-disk.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import { deflateHere } from "./deflate.ts";
import type { SourceOptions } from "./open-source.ts";
import type { Pack } from "./pack.ts";
import { packFilesHere } from "./pack-files-here.ts";
import { type Block, type BlockRequest, readBlock } from "./read-block.ts";
import { decodeRun, type SourceRun } from "./source-run.ts";

/** What a thread is asked to read and compress: small files, or a block of a file that the process has open. */
export type CompressionJob =
  | { readonly run: SourceRun }
  | { readonly descriptor: number; readonly request: BlockRequest };

const settings = workerData as Omit<SourceOptions, "disk"> & { readonly level: number };

interface Request {
  readonly id: number;
  readonly job: CompressionJob;
  readonly output: ArrayBuffer;
}

/** One job at a time uses the memory. What is allocated for each job comes back late. */
const codec = { ...settings, deflate: deflateHere, memory: Buffer.allocUnsafeSlow(BLOCK_SIZE) };

let jobs = Promise.resolve();

parentPort?.on("message", ({ id, job, output }: Request) => {
  jobs = jobs
    .then(() => run(job, new Uint8Array(output)))
    .then(
      (result) => answer(id, result, output),
      () => parentPort?.postMessage({ id } satisfies Answer),
    )
    .then(fillYoungHeap);
});

async function run(job: CompressionJob, output: Uint8Array): Promise<Pack | Block> {
  if ("run" in job) return packFilesHere(decodeRun(job.run), { ...codec, disk: immediateDisk, output });
  return readBlock(fileOfDescriptor(job.descriptor), job.request, { ...codec, output });
}

/** Hands the memory over that came with the job, with the result in it. What did not fit there is copied by the message. */
function answer(id: number, result: Pack | Block, output: ArrayBuffer): void {
  parentPort?.postMessage({ id, result } satisfies Answer, result.bytes.buffer === output ? [output] : []);
}
