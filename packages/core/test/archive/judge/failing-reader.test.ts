import { SeededRandom } from "@stowage/test-kit/random";
import { groupDirectories, temporaryDirectory } from "@stowage/test-kit/tree";
import { beforeAll, expect, test } from "vitest";
import { type ArchiveReader, bufferReader } from "../../../src/archive/archive-reader.ts";
import { extractEntries } from "../../../src/archive/extract/extract-entries.ts";
import { startExtractionThreads } from "../../../src/archive/extract/worker-extractor.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { faultyDisk } from "../../disk/faulty-disk.ts";
import { threadedDisk } from "../../disk/threaded-disk.ts";
import { archiveOf, judged, noSignal } from "../archives.ts";
import { buildZip } from "../build-zip.ts";
import { bundleWorker } from "../bundle-worker.ts";
import { directoryOf } from "../trees.ts";

const MIB = 2 ** 20;
const random = new SeededRandom(6);
const failure = new Error("the network caught fire");

const directories = groupDirectories();
let workerUrl: URL;
beforeAll(async () => {
  workerUrl = await bundleWorker("extraction-worker", await directories());
});

/** Fails the nth read. Small ranges, so that there are many of them, and contents lie across their ends. */
function failingSource(bytes: Buffer, failAt: number): { reader: ArchiveReader; reads: () => number } {
  const reader = bufferReader(bytes);
  let reads = 0;
  const read = async (start: number, end: number, memory?: Buffer) => {
    reads += 1;
    if (reads === failAt) throw failure;
    return reader.read(start, end, memory);
  };
  return { reader: { ...reader, read, ranges: { size: 300_001, ahead: 3 } }, reads: () => reads };
}

async function ownArchive(): Promise<Buffer> {
  const tree = { "data.db": random.text(4 * MIB), "a.txt": random.text(5_000), "video.mp4": random.bytes(3 * MIB) };
  return (await archiveOf(await directoryOf(tree))).bytes;
}

async function foreignArchive(): Promise<Buffer> {
  const content = random.text(3 * MIB);
  return buildZip([
    { name: "one", content, method: 8 },
    { name: "small", content: "small", method: 8 },
    { name: "stored", content: random.bytes(3 * MIB) },
    { name: "two", content, method: 8 },
  ]);
}

test.each([
  ["an archive of ours", ownArchive],
  ["one of another program", foreignArchive],
])("any read of %s that fails, fails the extraction with its error, and no file stays open", async (_, make) => {
  const bytes = await make();
  const { entries } = await judged(bytes);
  const extract = async (failAt: number) => {
    const watched = faultyDisk(nodeDisk);
    const { reader, reads } = failingSource(bytes, failAt);
    const options = { directory: await temporaryDirectory(), disk: watched.disk, signal: noSignal, durable: false };
    const error = await extractEntries(reader, entries, options).catch((thrown: unknown) => thrown);
    return { error, reads: reads(), watched };
  };
  const { error, reads } = await extract(0);
  expect(error).toBeUndefined();
  expect(reads).toBeGreaterThan(10);

  for (let failAt = 1; failAt <= reads; failAt += 1) {
    const failed = await extract(failAt);
    expect([failAt, failed.error]).toEqual([failAt, failure]);
    expect(failed.watched.openFiles).toBe(0);
  }
});

test("any read that fails while threads write fails the extraction with its error", async () => {
  const bytes = await ownArchive();
  const { entries } = await judged(bytes);
  const threads = startExtractionThreads(bytes.length, { workers: 2, disk: threadedDisk(workerUrl) });

  for (let failAt = 1; failAt <= 10; failAt += 1) {
    const { reader } = failingSource(bytes, failAt);
    const options = { directory: await temporaryDirectory(), disk: nodeDisk, signal: noSignal, durable: false };
    await expect(extractEntries(reader, entries, { ...options, threads })).rejects.toBe(failure);
  }
  await threads?.close();
});
