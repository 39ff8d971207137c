import { closeSync, openSync, renameSync, writeFileSync } from "node:fs";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect, onTestFinished, test } from "vitest";
import { ThreadCompressor } from "../../../src/archive/create/compress-in-thread.ts";
import { deflateHere } from "../../../src/archive/create/deflate.ts";
import { decodeRun, encodeRun } from "../../../src/archive/create/entry-run.ts";
import type { Pack } from "../../../src/archive/create/pack.ts";
import { packFiles, packOneByOne } from "../../../src/archive/create/pack-files.ts";
import { walkDirectory } from "../../../src/archive/create/walk-directory.ts";
import { BLOCK_SIZE } from "../../../src/archive/format/block-size.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { nodeThreadDisk } from "../../../src/disk/node-thread-disk.ts";
import { noSignal } from "../archives.ts";
import { directoryOf } from "../trees.ts";

const random = new SeededRandom(8);

test.each([0, 1_000, 200_000])("the pack of a thread with memory for %i bytes is that of the pool", async (memory) => {
  const tree = {
    "a/": "",
    "empty.txt": "",
    ü: random.text(900),
    "noise.bin": random.bytes(500),
    z: random.text(90_000),
  };
  const root = await directoryOf(tree);
  const options = { root, realRoot: root, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const };
  const { entries } = await walkDirectory(root, { ...options, isExcluded: () => false });
  const sources = [...entries, { name: "gone.txt", size: 5, mode: 0o100644, modifiedAtMs: 0, dev: 1, ino: 2 }];
  const codec = { ...options, level: 1, deflate: deflateHere };
  const there = { ...codec, disk: nodeThreadDisk, memory: Buffer.alloc(BLOCK_SIZE), output: Buffer.alloc(memory) };

  const [pooled, threaded] = [
    await packFiles(sources, codec),
    await packOneByOne(decodeRun(encodeRun(sources)), there),
  ];

  expect(Buffer.compare(threaded.bytes, pooled.bytes)).toBe(0);
  expect(threaded.facts).toEqual(pooled.facts);
  expect(threaded.notes).toEqual(new Map([[5, { name: "gone.txt", reason: "vanished" }]]));
  expect(threaded.notes).toEqual(pooled.notes);
});

test("a thread opens no file that its process has open, and says so", async () => {
  const root = await directoryOf({ "open.log": "a line", "closed.txt": "text" });
  const options = { root, realRoot: root, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const };
  const { entries } = await walkDirectory(root, { ...options, isExcluded: () => false });
  const descriptor = openSync(`${root}/open.log`, "a");
  onTestFinished(() => closeSync(descriptor));
  const compressor = new ThreadCompressor({ ...options, level: 1 }, nodeThreadDisk);

  const { notes } = (await compressor.run({ run: encodeRun(entries) }, new Uint8Array(99))) as Pack;

  expect(notes).toEqual(new Map([[1, "elsewhere"]]));
});

test("a thread leaves a file that was replaced to the one that knows the walk, and says so", async () => {
  const root = await directoryOf({ tiny: "text", larger: random.text(90_000) });
  const options = { root, realRoot: root, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const };
  const { entries } = await walkDirectory(root, { ...options, isExcluded: () => false });
  for (const { name } of entries) {
    writeFileSync(`${root}/new`, "saved");
    renameSync(`${root}/new`, `${root}/${name}`);
  }
  const memory = Buffer.alloc(BLOCK_SIZE);

  const { notes } = await packOneByOne(entries, {
    ...options,
    disk: nodeThreadDisk,
    level: 1,
    deflate: deflateHere,
    memory,
    output: Buffer.alloc(99),
  });

  expect([...notes.values()]).toEqual(["elsewhere", "elsewhere"]);
});
