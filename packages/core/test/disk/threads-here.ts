import {
  type CompressionJob,
  ThreadCompressor,
  type ThreadSettings,
} from "../../src/archive/create/compress-in-thread.ts";
import { type ExtractionJob, extractInThread } from "../../src/archive/extract/extract-in-thread.ts";
import type { JobPool } from "../../src/concurrency/worker-pool.ts";
import type { DiskThreads, ThreadDisk } from "../../src/disk/disk.ts";

type Run = (job: object, output: ArrayBuffer) => Promise<unknown>;

/**
 * Threads for a disk that none can reach: the code that runs in threads runs here, on what a message would have carried, one job after
 * the other. They pay for the smallest archive.
 */
export function threadsHere(disk: ThreadDisk): DiskThreads {
  return {
    worthwhileSize: 0,
    whyNot: () => undefined,
    start: (program, _count, data) => poolOf(program === "compression" ? compressing(data, disk) : extracting(disk)),
  };
}

function compressing(data: object, disk: ThreadDisk): Run {
  const compressor = new ThreadCompressor(structuredClone(data) as ThreadSettings, disk);
  return (job, output) => compressor.run(job as CompressionJob, new Uint8Array(output));
}

function extracting(disk: ThreadDisk): Run {
  return (job) => extractInThread(job as ExtractionJob, disk);
}

function poolOf(run: Run): JobPool {
  let jobs: Promise<unknown> = Promise.resolve();
  return {
    size: 1,
    run: (job, output = new ArrayBuffer(0)) => {
      const sent = structuredClone({ job, output });
      const answer = jobs.then(() => run(sent.job, sent.output)).then(structuredClone);
      jobs = answer.catch(() => undefined);
      return jobs;
    },
    close: async () => void (await jobs),
  };
}
