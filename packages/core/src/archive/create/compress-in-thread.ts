import { fillYoungHeap } from "../../concurrency/fill-young-heap.ts";
import { serveJobs } from "../../concurrency/serve-jobs.ts";
import type { ThreadDisk } from "../../disk/disk.ts";
import { OpenFilesWatch } from "../../disk/open-files.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import { deflateHere } from "./deflate.ts";
import { decodeRun, type EntryRun } from "./entry-run.ts";
import type { BackUpOptions, OpeningGuard } from "./open-file-to-back-up.ts";
import type { Pack } from "./pack.ts";
import { packOneByOne } from "./pack-files.ts";
import { type Block, type BlockRequest, readBlock } from "./read-block.ts";

/** What a thread is asked to read and compress: small files, or a block of a file that the process has open. */
export type CompressionJob =
  | { readonly run: EntryRun }
  | { readonly descriptor: number; readonly request: BlockRequest };

export interface ThreadSettings extends Pick<BackUpOptions, "root" | "realRoot" | "onUnreadable" | "onChanged"> {
  readonly level: number;
}

/** Does compression jobs in a thread, one at a time: they share its memory. */
export class ThreadCompressor {
  readonly #codec;

  constructor(settings: ThreadSettings, disk: ThreadDisk) {
    const memory = Buffer.allocUnsafeSlow(BLOCK_SIZE); // what is allocated for each job comes back late
    this.#codec = { ...settings, disk, guard: leaveWhatIsOpen(), deflate: deflateHere, memory };
  }

  /** The bytes of the result lie in `output`, if they fit there. */
  async run(job: CompressionJob, output: Uint8Array): Promise<Pack | Block> {
    const codec = { ...this.#codec, output };
    if ("run" in job) return packOneByOne(decodeRun(job.run), codec);
    return readBlock(codec.disk.fileOf(job.descriptor), job.request, codec);
  }
}

/** Does the compression jobs that come to this thread. */
export function serveCompression(settings: ThreadSettings, disk: ThreadDisk): void {
  const compressor = new ThreadCompressor(settings, disk);
  const run = (job: CompressionJob, output = new ArrayBuffer(0)) => compressor.run(job, new Uint8Array(output));
  serveJobs(run, fillYoungHeap);
}

/** What this process has opened since the walk is left to the thread that can have it read elsewhere. */
function leaveWhatIsOpen(): OpeningGuard {
  const open = new OpenFilesWatch();
  return {
    isOpenHere: (file) => open.has(file),
    openElsewhere: () => {
      throw new Error("not in a thread");
    },
  };
}
