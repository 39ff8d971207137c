import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import { extractEntries } from "../../src/archive/extract/extract-entries.ts";
import { startExtractionThreads } from "../../src/archive/extract/worker-extractor.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { judged, noSignal } from "../archive/archives.ts";
import { buildZip } from "../archive/build-zip.ts";
import { bundleWorker } from "../archive/bundle-worker.ts";
import { threadedDisk } from "../disk/threaded-disk.ts";

export interface Swaps {
  /** What came to lie where the links lead. */
  readonly outside: readonly string[];
  readonly swaps: number;
}

/** Extracts an archive `rounds` times, while a thread swaps a directory of what is staged for a link and back. */
export async function swapStaging({ workers, rounds }: { workers: number; rounds: number }): Promise<Swaps> {
  const random = new SeededRandom(20_263);
  const files = Array.from({ length: 600 }, (_, index) => ({ name: `d/${index}`, content: random.bytes(1_500) }));
  const bytes = buildZip(files);
  const { entries } = await judged(bytes);
  const [folder, elsewhere] = [await temporaryDirectory(), await temporaryDirectory()];
  const workerUrl = await bundleWorker("extraction-worker", await temporaryDirectory());
  const swapper = new Swapper(folder, elsewhere);
  let refused = 0;

  for (let round = 0; round < rounds; round++) {
    const directory = join(folder, `${round}/new`);
    await mkdir(directory, { recursive: true });
    const threads = startExtractionThreads(bytes.length, { workers, disk: threadedDisk(workerUrl) });
    const options = { directory, disk: nodeDisk, signal: noSignal, durable: false, threads };
    await extractEntries(bufferReader(bytes), entries, options).catch(() => refused++);
    await threads?.close();
  }

  const swaps = await swapper.stop();
  console.info(`${workers} threads, ${rounds} extractions beside ${swaps} swaps for a link: ${refused} refused`);
  return { outside: await readdir(elsewhere), swaps };
}

/** Replaces the directory "d" in whatever is staged by a link, and back, as fast as it can. */
class Swapper {
  readonly #isOver = new Int32Array(new SharedArrayBuffer(4));
  readonly #swaps: Promise<number>;

  constructor(folder: string, elsewhere: string) {
    const worker = new Worker(`(${swapUntilOver})()`, {
      eval: true,
      workerData: { folder, elsewhere, isOver: this.#isOver },
    });
    this.#swaps = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  }

  stop(): Promise<number> {
    Atomics.store(this.#isOver, 0, 1);
    return this.#swaps;
  }
}

/** Runs in a thread of its own, from its source. */
const swapUntilOver = `() => {
  const { readdirSync, renameSync, symlinkSync, unlinkSync } = require("node:fs");
  const { parentPort, workerData } = require("node:worker_threads");
  const { folder, elsewhere, isOver } = workerData;
  let swaps = 0;
  const trying = (action) => { try { action(); return true; } catch { return false; } };
  while (Atomics.load(isOver, 0) === 0) {
    let names = [];
    trying(() => { names = readdirSync(folder); });
    for (const name of names) {
      const path = folder + "/" + name + "/new/d";
      if (!trying(() => renameSync(path, path + ".aside"))) continue;
      if (trying(() => symlinkSync(elsewhere, path))) swaps += 1;
      trying(() => unlinkSync(path));
      trying(() => renameSync(path + ".aside", path));
    }
  }
  parentPort.postMessage(swaps);
}`;
