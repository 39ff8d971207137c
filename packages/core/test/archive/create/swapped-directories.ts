import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import { extractEntries } from "../../../src/archive/extract/extract-entries.ts";
import type { Disk } from "../../../src/disk/disk.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { StowageError } from "../../../src/errors.ts";
import { archiveOf, judged, noSignal } from "../archives.ts";
import { directoryOf, filesOf } from "../trees.ts";

const FILES = 40;
const OUTSIDE = "outside";

export interface Races {
  readonly stored: number;
  readonly refused: number;
  /** Times that the directory was swapped. */
  readonly swaps: number;
}

/** Makes archives while a thread swaps a directory for a link to one outside and back. Throws if any of that is in one. */
export async function raceSwaps(races: number, options: { workers: number; disk?: Disk }): Promise<Races> {
  const root = await directoryOf(treeOf("inside", options.workers > 0 ? 60_000 : 100));
  const outside = await directoryOf(treeOf(OUTSIDE, options.workers > 0 ? 60_000 : 100));
  await using swapper = startSwapping(join(root, "d"), join(outside, "d"));
  const counts = { stored: 0, refused: 0 };
  for (let race = 0; race < races; race += 1) {
    const outcome = await archiveOf(root, options).then(
      ({ bytes }) => bytes,
      (error: unknown) => error,
    );
    if (outcome instanceof Buffer) await assertInside(outcome);
    else if (!(outcome instanceof StowageError) || outcome.code !== "SOURCE_CHANGED") throw outcome;
    counts[outcome instanceof Buffer ? "stored" : "refused"] += 1;
    await setImmediate();
  }
  return { ...counts, swaps: swapper.swaps() };
}

function treeOf(place: string, size: number): Record<string, string> {
  const content = `${place} `.repeat(size / 7);
  return Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`d/e/${index}.txt`, `${content}${index}`]));
}

async function assertInside(bytes: Buffer): Promise<void> {
  const directory = await temporaryDirectory();
  const { entries } = await judged(bytes);
  await extractEntries(bufferReader(bytes), entries, { directory, disk: nodeDisk, signal: noSignal, durable: false });
  for (const [name, content] of Object.entries(await filesOf(directory))) {
    if (content.includes(OUTSIDE)) throw new Error(`${name} came from outside`);
  }
}

const SWAPPER = `
  const { renameSync, rmSync, symlinkSync } = require("node:fs");
  const { workerData: { path, outside, count } } = require("node:worker_threads");
  const counts = new Int32Array(count);
  while (Atomics.load(counts, 1) === 0) {
    renameSync(path, path + "-away");
    symlinkSync(outside, path);
    for (let spins = 0; spins < 20_000; spins += 1) Atomics.load(counts, 1);
    rmSync(path);
    renameSync(path + "-away", path);
    Atomics.add(counts, 0, 1);
    for (let spins = 0; spins < 20_000; spins += 1) Atomics.load(counts, 1);
  }
`;

function startSwapping(path: string, outside: string): AsyncDisposable & { swaps(): number } {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const thread = new Worker(SWAPPER, { eval: true, workerData: { path, outside, count: counts.buffer } });
  const ended = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
  return {
    swaps: () => Atomics.load(counts, 0),
    [Symbol.asyncDispose]: async () => {
      Atomics.store(counts, 1, 1);
      await ended;
    },
  };
}
