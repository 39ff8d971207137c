import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { groupDirectories, temporaryDirectory } from "@stowage/test-kit/tree";
import { beforeAll, expect, test } from "vitest";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import { extractEntries } from "../../src/archive/extract/extract-entries.ts";
import { startExtractionThreads } from "../../src/archive/extract/worker-extractor.ts";
import type { Disk } from "../../src/disk/disk.ts";
import { archiveOf, judged, noSignal } from "../archive/archives.ts";
import { bundleWorker } from "../archive/bundle-worker.ts";
import { contentOf, directoryOf } from "../archive/trees.ts";
import { threadedDisk } from "../disk/threaded-disk.ts";
import type { ThreadFaults } from "./thread-faults.ts";

const directories = groupDirectories();
let faulty: URL;
let unchecking: URL;
beforeAll(async () => {
  faulty = await bundleWorker("faulty-extraction-worker", await directories());
  unchecking = await bundleWorker("unchecking-extraction-worker", await directories());
});

const LONG_AGO = new Date(Date.UTC(2001, 1, 3));
const FILES = { "a.txt": "text", "b/c.txt": "more", "b/d.txt": "and more" };

test("what threads write has its mode, its time and a sync, and what is damaged is refused", async () => {
  expect(await problemsOf(leaving())).toEqual([]);
});

test.each([
  ["sync", "3 of 3 files are not synced"],
  ["setMode", "modes or times differ"],
  ["setModifiedAt", "modes or times differ"],
] as const)("a thread that leaves out %s is caught", async (leavesOut, problem) => {
  expect(await problemsOf(leaving(leavesOut))).toEqual([problem]);
});

test("a thread that leaves out the check is caught", async () => {
  expect(await problemsOf({ disk: threadedDisk(unchecking, {}, 0) })).toContain("a damaged archive is extracted");
});

function leaving(leavesOut?: "sync" | "setMode" | "setModifiedAt"): { disk: Disk; syncs: Int32Array } {
  const syncs = new SharedArrayBuffer(4);
  const faults: ThreadFaults = {
    calls: new SharedArrayBuffer(4),
    at: 0,
    what: { code: "EIO" },
    syncs,
    ...(leavesOut && { leavesOut }),
  };
  return { disk: threadedDisk(faulty, { faults }, 0), syncs: new Int32Array(syncs) };
}

/** What is wrong with what the threads of a disk extract. */
async function problemsOf({ disk, syncs }: { disk: Disk; syncs?: Int32Array }): Promise<string[]> {
  const problems: string[] = [];
  const root = await directoryOf(FILES);
  for (const name of Object.keys(FILES)) await utimes(join(root, name), LONG_AGO, LONG_AGO);
  const { bytes } = await archiveOf(root);
  const directory = await extracted(bytes, disk);
  const [expected, found] = [await contentOf(root), await contentOf(directory)];
  const differing = Object.keys(FILES).filter((name) => !isDeepStrictEqual(found[name], expected[name]));
  if (differing.length > 0) problems.push("modes or times differ");
  const unsynced = Object.keys(FILES).length - (syncs?.[0] ?? 3);
  if (unsynced > 0) problems.push(`${unsynced} of 3 files are not synced`);
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8((damaged[60] ?? 0) ^ 1, damaged.indexOf("text"));
  const isExtracted = await extracted(damaged, disk).then(
    () => true,
    () => false,
  );
  if (isExtracted) problems.push("a damaged archive is extracted");
  return problems;
}

async function extracted(bytes: Buffer, disk: Disk): Promise<string> {
  const directory = await temporaryDirectory();
  const { entries } = await judged(bytes);
  const threads = startExtractionThreads(bytes.length, { workers: 1, disk });
  try {
    const each = { ...disk, prefersFileSystemSync: async () => false };
    await extractEntries(bufferReader(bytes), entries, {
      directory,
      disk: each,
      signal: noSignal,
      durable: true,
      threads,
    });
  } finally {
    await threads?.close();
  }
  return directory;
}
