import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { groupDirectories } from "@stowage/test-kit/tree";
import { beforeAll, expect, test } from "vitest";
import { walkDirectory } from "../../../src/archive/create/walk-directory.ts";
import { writeArchive } from "../../../src/archive/create/write-archive.ts";
import type { Disk } from "../../../src/disk/disk.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { faultyDisk } from "../../disk/faulty-disk.ts";
import { threadedDisk } from "../../disk/threaded-disk.ts";
import { canMount, mountOn } from "../../restore/real-mounts.ts";
import { archiveOf, bytesOf, judged, noSignal } from "../archives.ts";
import { bundleWorker } from "../bundle-worker.ts";
import { directoryOf } from "../trees.ts";
import { raceSwaps } from "./swapped-directories.ts";

/** Of several packs: tiny files, and such that are read in another way. Enough bytes for threads. */
const FILES = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`d/e/${index}`, "x".repeat(index % 2 ? 90_000 : 900)]),
);

const directories = groupDirectories();
let workerUrl: URL;
beforeAll(async () => {
  workerUrl = await bundleWorker("compression-worker", await directories());
});

test.each([0, 2])(
  "8 archives of a directory that is swapped for a link, by %i threads, hold nothing from outside",
  async (workers) => {
    const { stored, refused, swaps } = await raceSwaps(8, { workers, disk: threadedDisk(workerUrl) });

    expect(stored + refused).toBe(8);
    expect(swaps).toBeGreaterThan(0);
  },
);

test.each(["openDirectory", "openFile"])("a directory that is a link at each %s is SOURCE_CHANGED", async (call) => {
  const root = await directoryOf({ "d/e/f": "inside" });
  const outside = await directoryOf({ "e/f": "outside" });
  const place = `${call} ${root}/d/e${call === "openFile" ? "/f" : ""}`;
  let swaps = 0;
  const { disk } = faultyDisk(nodeDisk, {
    before: (name) => {
      if (name === place && ++swaps === 1) swap(join(root, "d"), outside);
    },
  });

  await expect(archiveOf(root, { disk })).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
});

test("a file that a thread finds behind a link is SOURCE_CHANGED", async () => {
  const tree = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`d/${index}`, "x".repeat(60_000)]));
  const [root, outside] = [await directoryOf(tree), await directoryOf(tree)];
  const options = { disk: nodeDisk, signal: noSignal, onUnreadable: "skip" as const };
  const walk = await walkDirectory(root, { ...options, isExcluded: () => false });
  swap(join(root, "d"), join(outside, "d"));

  const writing = bytesOf(writeArchive(walk, { ...options, workers: 2, disk: threadedDisk(workerUrl) }).content);

  await expect(writing).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
});

test.each([0, 2])(
  "%i threads refuse equal files of another directory in the place of the walked one",
  async (workers) => {
    const { root, write } = await walkedFiles(workers);
    const other = await directoryOf(FILES);
    renameSync(join(root, "d"), join(root, "away"));
    renameSync(join(other, "d"), join(root, "d"));

    await expect(bytesOf(write().content)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  },
);

test.each([0, 2])("%i threads refuse a file that came with a directory two above it", async (workers) => {
  const { root, write } = await walkedFiles(workers);
  renameSync(join(root, "d"), join(root, "away"));
  mkdirSync(join(root, "d"));
  cpSync(join(root, "away/e"), join(root, "d/e"), { recursive: true });

  await expect(bytesOf(write().content)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
});

test.each([0, 2])("%i threads take every file that was saved by renaming", async (workers) => {
  const { root, write } = await walkedFiles(workers);
  for (const name of Object.keys(FILES)) {
    writeFileSync(join(root, "new"), "saved");
    renameSync(join(root, "new"), join(root, name));
  }

  const archive = write();
  const bytes = await bytesOf(archive.content);

  expect(archive).toMatchObject({ warnings: [], entries: Object.keys(FILES).length + 2 });
  expect((await judged(bytes)).entries.filter(({ size }) => size === 5)).toHaveLength(Object.keys(FILES).length);
});

test.runIf(canMount())(
  "a directory that is mounted over the walked one of the same device is SOURCE_CHANGED",
  async () => {
    const { root, write } = await walkedFiles(0);
    mountOn(join(root, "d/e"), join(await directoryOf(FILES), "d/e"));

    await expect(bytesOf(write().content)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  },
);

test.each([
  ["tells where a file is", nodeDisk],
  ["does not", withoutPlaces()],
])("on a system that %s, a file that was saved by renaming is right, one behind a link is not", async (_, disk) => {
  const root = await directoryOf({ "d/a": "1" });
  const outside = await directoryOf({ a: "outside" });
  const options = { disk, signal: noSignal, onUnreadable: "fail" as const };
  const walk = await walkDirectory(root, { ...options, isExcluded: () => false });
  writeFileSync(join(root, "new"), "saved");
  renameSync(join(root, "new"), join(root, "d/a"));

  const saved = writeArchive(walk, options);
  await bytesOf(saved.content);
  swap(join(root, "d"), outside);

  expect(saved).toMatchObject({ entries: 2, warnings: [] });
  await expect(bytesOf(writeArchive(walk, options).content)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
});

test("an inode whose number is beyond what is exact proves nothing: the place decides", async () => {
  const root = await directoryOf({ "d/a": "1" });
  const outside = await directoryOf({ a: "outside" });
  const huge = { ...nodeDisk, openFile: async (path: string) => withInode(await nodeDisk.openFile(path)) };
  const options = { disk: huge, signal: noSignal, onUnreadable: "fail" as const };
  const seen = await walkDirectory(root, { ...options, isExcluded: () => false });
  const walk = { ...seen, entries: seen.entries.map((entry) => ({ ...entry, ino: 2 ** 60 })) };

  expect((await bytesOf(writeArchive(walk, options).content)).length).toBeGreaterThan(0);
  swap(join(root, "d"), outside);
  await expect(bytesOf(writeArchive(walk, options).content)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
});

async function walkedFiles(workers: number) {
  const root = await directoryOf(FILES);
  const options = { disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const };
  const walk = await walkDirectory(root, { ...options, isExcluded: () => false });
  return { root, write: () => writeArchive(walk, { ...options, workers, disk: threadedDisk(workerUrl) }) };
}

function swap(path: string, outside: string): void {
  renameSync(path, `${path}-away`);
  symlinkSync(outside, path);
}

function withInode(file: Awaited<ReturnType<Disk["openFile"]>>): typeof file {
  return {
    ...bound(file),
    stat: async () => Object.assign(await file.stat(), { ino: 2 ** 60 }),
    realPath: async () => (await file.realPath?.()) ?? "",
  };
}

/** As where there is no /proc. */
function withoutPlaces(): Disk {
  return { ...nodeDisk, openFile: async (path) => bound(await nodeDisk.openFile(path)) };
}

function bound(file: Awaited<ReturnType<Disk["openFile"]>>): typeof file {
  return {
    stat: () => file.stat(),
    statExactly: () => file.statExactly(),
    touchEmpty: () => file.touchEmpty(),
    read: (buffer, position) => file.read(buffer, position),
    write: (bytes) => file.write(bytes),
    writeAt: (pieces, position) => file.writeAt(pieces, position),
    setOwner: (owner) => file.setOwner(owner),
    setMode: (mode) => file.setMode(mode),
    setModifiedAt: (at) => file.setModifiedAt(at),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}
