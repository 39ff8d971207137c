import { type ExtractionJob, extractInThread } from "../../src/archive/extract/extract-in-thread.ts";
import { serveJobs } from "../../src/concurrency/serve-jobs.ts";
import { nodeThreadDisk } from "../../src/disk/node-thread-disk.ts";

/** A thread that finds everything right. */
serveJobs(
  (job: ExtractionJob) => extractInThread(job, nodeThreadDisk).catch(() => ({ size: 0, crc32: 0 })),
  () => {},
);
