import { parentPort } from "node:worker_threads";
import type { Answer } from "./worker-pool.ts";

interface Request<Job> {
  readonly id: number;
  readonly job: Job;
  readonly output: ArrayBuffer | undefined;
}

/**
 * Does the jobs that a `WorkerPool` hands to this thread, one after the other. The memory that came with a job goes back with its
 * result if that lies there. A job that fails is answered without a result. `afterwards` runs once the answer is sent.
 */
export function serveJobs<Job, Result extends object>(
  run: (job: Job, output: ArrayBuffer | undefined) => Promise<Result>,
  afterwards: (result: Result | undefined) => void,
): void {
  let jobs = Promise.resolve();
  parentPort?.on("message", ({ id, job, output }: Request<Job>) => {
    jobs = jobs
      .then(() => run(job, output))
      .then(
        (result) => {
          parentPort?.postMessage({ id, result } satisfies Answer, transferred(result, output));
          afterwards(result);
        },
        () => {
          parentPort?.postMessage({ id } satisfies Answer);
          afterwards(undefined);
        },
      );
  });
}

/** What did not fit into the memory is copied by the message. */
function transferred(result: object, output: ArrayBuffer | undefined): ArrayBuffer[] {
  const isThere = "bytes" in result && ArrayBuffer.isView(result.bytes) && result.bytes.buffer === output;
  return output && isThere ? [output] : [];
}
