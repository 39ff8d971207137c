import { lutimes, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import type { Tree } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import { verifyEntries } from "../../src/archive/extract/read-contents.ts";
import { BLOCK_SIZE as BLOCK } from "../../src/archive/format/block-size.ts";
import { archiveOf, extracted, judged, noSignal } from "./archives.ts";
import { contentOf, directoryOf } from "./trees.ts";

const random = new SeededRandom(1);

const mixed: Tree<string | Buffer> = {
  "data.db": random.text(3 * BLOCK + 17),
  "empty.txt": "",
  "tiny.txt": "x",
  "storage/": "",
  "storage/a b/ü€😀.txt": "unicode",
  "storage/photo.jpg": random.bytes(300_000),
  "storage/video.mp4": random.bytes(2 * BLOCK + 5),
  "storage/half.bin": Buffer.concat([random.text(BLOCK), random.bytes(BLOCK), random.text(BLOCK)]),
  "block.bin": random.text(BLOCK),
  "block and one.bin": random.text(BLOCK + 1),
  "two blocks.bin": random.bytes(2 * BLOCK),
  "stored to the end.bin": random.bytes(BLOCK + 2 * 65_535),
  "zeros.bin": Buffer.alloc(5 * BLOCK),
  "nothing here/": "",
  "a/b/c/d/e/f/g": "deep",
};

test("a tree comes back with the same bytes, modes and times", async () => {
  const root = await directoryOf(mixed);
  const { bytes, archive } = await archiveOf(root);

  expect(await contentOf(await extracted(bytes))).toEqual(await contentOf(root));
  expect(archive.size).toBe(bytes.length);
  expect(archive.entries).toBe(Object.keys(await contentOf(root)).length);
  expect(archive.warnings).toEqual([]);
});

test("the last half of a millisecond of a second is not of the next one", async () => {
  const root = await directoryOf({ "small.txt": "small", "large.bin": random.bytes(2 * BLOCK), "dir/": "" });
  await symlink("small.txt", join(root, "link"));
  for (const name of ["small.txt", "large.bin", "dir"]) await utimes(join(root, name), 1.7e9, 1.7e9 + 0.9997);
  await lutimes(join(root, "link"), 1.7e9, 1.7e9 + 0.9997);

  const { bytes } = await archiveOf(root, { takesLinks: true });

  const { entries, links } = await judged(bytes);
  const times = [...entries, ...links.map(({ entry }) => entry)].map(({ modifiedAt }) => modifiedAt.getTime());
  expect(times).toEqual(Array.from({ length: 4 }, () => 1.7e12));
});

test.each([0, 1, 6, 9])("level %i comes back, within the bound of the size", async (level) => {
  const root = await directoryOf(mixed);
  const { bytes, archive } = await archiveOf(root, { level });

  expect(await contentOf(await extracted(bytes))).toEqual(await contentOf(root));
  expect(bytes.length).toBeLessThanOrEqual(archive.sizeBound);
});

test("the bytes are the same at any concurrency", async () => {
  const root = await directoryOf(mixed);
  const { bytes } = await archiveOf(root, { concurrency: 1 });

  for (const concurrency of [1, 2, 3, 8])
    expect((await archiveOf(root, { concurrency })).bytes.equals(bytes)).toBe(true);
});

test("content that does not shrink takes no more than its size and the headers", async () => {
  const root = await directoryOf({ "a.bin": random.bytes(4 * BLOCK), "b.bin": random.bytes(100_000) });

  expect((await archiveOf(root)).bytes.length).toBeLessThan(4 * BLOCK + 100_000 + 600);
});

test("a block that does not shrink takes five bytes for each 65,535", async () => {
  const sizes = [3, 4].map(async (blocks) => {
    const root = await directoryOf({ "a.bin": random.bytes(blocks * BLOCK) });
    return (await archiveOf(root)).bytes.length;
  });
  const [three = 0, four = 0] = await Promise.all(sizes);

  expect(four - three).toBe(BLOCK + 8 * 5);
});

test("an empty directory gives an archive that restores to an empty directory", async () => {
  const { bytes, archive } = await archiveOf(await directoryOf({}));

  expect(await contentOf(await extracted(bytes))).toEqual({});
  expect((await judged(bytes)).skipped).toEqual([]);
  expect(bytes.toString("latin1")).toContain(".stowage/");
  expect(archive.entries).toBe(0);
});

test("a small archive of text of one tree stays within its bound when names are long", async () => {
  const root = await directoryOf(
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${"n".repeat(240)}${index}`, ""])),
  );
  const { bytes, archive } = await archiveOf(root);

  expect(bytes.length).toBeLessThanOrEqual(archive.sizeBound);
});

test("verify reads every entry and reports all bytes", async () => {
  const { bytes } = await archiveOf(await directoryOf(mixed));
  const { entries, size } = await judged(bytes);
  const seen: { entriesDone: number; bytesDone: number }[] = [];

  await verifyEntries(bufferReader(bytes), entries, {
    signal: noSignal,
    onProgress: (progress) => seen.push(progress),
  });

  expect(seen.at(-1)).toEqual({ entriesDone: entries.length, bytesDone: size });
});

test("create reports progress that rises to all entries and all bytes", async () => {
  const root = await directoryOf(mixed);
  const seen: { entriesDone: number; bytesDone: number }[] = [];
  const { bytes } = await archiveOf(root, { onProgress: (progress) => seen.push(progress) });
  const { entries, size } = await judged(bytes);

  expect(seen.at(-1)).toEqual({ entriesDone: entries.length, bytesDone: size });
  expect(seen.map((each) => each.bytesDone)).toEqual(seen.map((each) => each.bytesDone).toSorted((a, b) => a - b));
  expect(seen.length).toBeGreaterThan(entries.length + 10);
});
