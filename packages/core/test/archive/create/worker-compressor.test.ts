import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { groupDirectories, type Tree } from "@stowage/test-kit/tree";
import { beforeAll, expect, test } from "vitest";
import { walkDirectory } from "../../../src/archive/create/walk-directory.ts";
import { writeArchive } from "../../../src/archive/create/write-archive.ts";
import { BLOCK_SIZE as BLOCK } from "../../../src/archive/format/block-size.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { threadedDisk } from "../../disk/threaded-disk.ts";
import { archiveOf, bytesOf, noSignal } from "../archives.ts";
import { bundleWorker } from "../bundle-worker.ts";
import { watchThreads } from "../started-threads.ts";
import { manySmall, threadProgram } from "../thread-programs.ts";
import { directoryOf } from "../trees.ts";

const random = new SeededRandom(3);

const tree: Tree<string | Buffer> = {
  "data.db": random.text(5 * BLOCK + 17),
  "media.bin": random.bytes(3 * BLOCK),
  "block.bin": random.text(BLOCK),
  "zeros.bin": Buffer.alloc(2 * BLOCK),
  "nothing here/": "",
  "empty.txt": "",
  ...manySmall(random, 180),
};

const directories = groupDirectories();
let workerUrl: URL;
let root: string;
/** The archive of the root, made without a thread. */
let wanted: Buffer;
beforeAll(async () => {
  workerUrl = await bundleWorker("compression-worker", await directories());
  root = await directoryOf(tree, await directories());
  wanted = (await archiveOf(root, { workers: 0 })).bytes;
});

const endedThreads = watchThreads();

test("the bytes are the same at any number of threads", async () => {
  const root = await directoryOf(tree);
  const { bytes, archive } = await archiveOf(root, { workers: 0 });
  expect(endedThreads()).toBe(0);

  for (const workers of [1, 2, 3]) {
    const threaded = await archiveOf(root, { workers, disk: threadedDisk(workerUrl) });
    expect(threaded.bytes.equals(bytes)).toBe(true);
    expect(threaded.archive.entries).toBe(archive.entries);
    expect(endedThreads()).toBe(workers);
  }
});

test("little data is not worth a thread", async () => {
  const root = await directoryOf({ "a.txt": random.text(100_000) });

  await archiveOf(root, { workers: 2, disk: threadedDisk(workerUrl) });

  expect(endedThreads()).toBe(0);
});

test.each([
  ["too few", "new Uint8Array(0)", "new Float64Array(0)", "new Map()"],
  ["nothing of each", "new Uint8Array(0)", "new Float64Array(6 * count)", "new Map()"],
  ["too many", "new Uint8Array(0)", "new Float64Array(6 * count + 6)", "every"],
  ["one left out that was not asked for", "new Uint8Array(0)", "new Float64Array(6 * count)", "every.set(count, gone)"],
  ["bytes of nobody", "new Uint8Array(9)", "new Float64Array(6 * count)", "every"],
])("threads that answer with %s make the archive fail", async (_, bytes, facts, notes) => {
  const root = await directoryOf(manySmall(random, 500));
  const rogue = await threadProgram(`port.on("message", ({ id, job }) => {
    const count = job.run.names.split("\\0").length;
    const gone = { name: "gone", reason: "vanished" };
    const every = new Map(Array.from({ length: count }, (_, index) => [index, gone]));
    port.postMessage({ id, result: { bytes: ${bytes}, facts: ${facts}, notes: ${notes} } });
  });`);

  await expect(archiveOf(root, { workers: 1, disk: threadedDisk(rogue) })).rejects.toMatchObject({ code: "INTERNAL" });
  endedThreads();
});

test("an entry that no warning tells of makes the archive fail", async () => {
  const root = await directoryOf(manySmall(random, 500));
  const rogue = await threadProgram(`port.on("message", ({ id, job }) => {
    const names = job.run.names.split("\\0");
    const notes = new Map(names.map((_, index) => [index, { name: "another", reason: "vanished" }]));
    port.postMessage({ id, result: { bytes: new Uint8Array(0), facts: new Float64Array(6 * names.length), notes } });
  });`);

  const writing = archiveOf(root, { workers: 1, disk: threadedDisk(rogue) });

  await expect(writing).rejects.toMatchObject({ code: "INTERNAL", message: expect.stringContaining("accounted for") });
  endedThreads();
});

test.each([
  ["are not there", undefined],
  ["fail at the start", `throw new Error("no");`],
  ["fail at every job", `port.on("message", ({ id }) => port.postMessage({ id }));`],
  ["die of a job", `port.on("message", () => process.exit(1));`],
  ["end without an answer", `port.once("message", () => port.close());`],
])("where threads %s, the archive is the same", async (_, source) => {
  const broken = source === undefined ? new URL("file:///nowhere/worker.js") : await threadProgram(source);

  const { bytes: found } = await archiveOf(root, { workers: 2, disk: threadedDisk(broken) });

  expect(found.equals(wanted)).toBe(true);
  endedThreads();
});

test("a file that is gone by the time a thread opens it is a warning", async () => {
  const root = await directoryOf(tree);
  const options = { disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const };
  const walk = await walkDirectory(root, { ...options, isExcluded: () => false });
  await rm(join(root, "small/7.txt"));

  const archive = writeArchive(walk, { ...options, workers: 2, disk: threadedDisk(workerUrl) });
  await bytesOf(archive.content);

  expect(archive.warnings).toEqual([{ name: "small/7.txt", reason: "vanished" }]);
});

test("a file that has grown beyond a block since the walk is streamed in its place", async () => {
  const root = await directoryOf(tree);
  const options = { disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const };
  const walk = await walkDirectory(root, { ...options, isExcluded: () => false });
  await writeFile(join(root, "small/7.txt"), random.text(3 * BLOCK));

  const [here, there] = await Promise.all(
    [0, 2].map((workers) =>
      bytesOf(writeArchive(walk, { ...options, workers, disk: threadedDisk(workerUrl) }).content),
    ),
  );

  expect(there?.length).toBeGreaterThan(0);
  expect(there?.equals(here ?? Buffer.alloc(0))).toBe(true);
});

test("an abort and a reader that has had enough end the threads", async () => {
  const controller = new AbortController();
  const options = { disk: nodeDisk, signal: controller.signal, onUnreadable: "fail" as const };
  const walk = await walkDirectory(root, { ...options, isExcluded: () => false });

  for await (const _ of writeArchive(walk, { ...options, workers: 2, disk: threadedDisk(workerUrl) }).content) break;
  expect(endedThreads()).toBe(2);

  const aborted = bytesOf(
    writeArchive(walk, { ...options, workers: 2, disk: threadedDisk(workerUrl), onProgress: () => controller.abort() })
      .content,
  );
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  expect(endedThreads()).toBe(2);
});

/** Writes a program for a thread, which has `port`. */
