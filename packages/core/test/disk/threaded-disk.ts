import { type JobPool, WorkerPool } from "../../src/concurrency/worker-pool.ts";
import type { Disk } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";

/** The real disk, whose threads run a program that a test has bundled, since no thread can load sources. `data` goes to each. */
export function threadedDisk(program: URL, data: object = {}, worthwhileSize = 512 * 1024): Disk {
  const text = `import(${JSON.stringify(program.href)})`;
  const start = (_: string, count: number, settings: object): JobPool =>
    new WorkerPool(text, count, { ...settings, ...data });
  return { ...nodeDisk, threads: { worthwhileSize, whyNot: () => undefined, start } };
}
