import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { ContentPool } from "../src/datasets/content-pool.ts";
import { databasePages } from "../src/datasets/database-pages.ts";
import { DATASET_NAMES, type DatasetName, type DatasetSizes, makeDataset } from "../src/datasets/dataset.ts";
import { differenceOf, digestOf, type FileRecord } from "../src/datasets/manifest.ts";

const TINY: DatasetSizes = { scale: 0.004, files: 300, size: 2_000_000, seed: 1 };

async function make(name: DatasetName, sizes = TINY, signal = new AbortController().signal) {
  return makeDataset(name, { directory: join(await temporaryDirectory(), "data"), sizes, signal });
}

describe.each(DATASET_NAMES)("%s", (name) => {
  it("is the same for the same seed, on every machine, and another for another", async () => {
    const { manifest } = await make(name);

    expect(digestOf(manifest)).toBe(DIGESTS[name]);
    expect(digestOf((await make(name, { ...TINY, seed: 2 })).manifest)).not.toBe(DIGESTS[name]);
  });

  it("lies on the disk as its manifest says", async () => {
    const { directory, manifest, size } = await make(name);

    for (const file of manifest) {
      const content = await readFile(join(directory, file.name));
      expect({ ...file, size: content.length, crc32: crc32(content) }).toEqual(file);
      expect((await stat(join(directory, file.name))).mode & 0o777).toBe(file.mode);
    }
    expect(size).toBe(manifest.reduce((total, file) => total + file.size, 0));
  });

  it("is not made once nobody wants it", async () => {
    await expect(make(name, { ...TINY, scale: 1, files: 30_000, size: 1e9 }, AbortSignal.abort())).rejects.toThrow(
      "abort",
    );
  });
});

const DIGESTS: Readonly<Record<DatasetName, string>> = {
  d1: "e424e7a02e8d5b668a537d8ee00350de21e81de5715c6f6832198286d96830f1",
  d2: "d0182df87e69834231c4390a4cdd9eb2ace88155d3609947f375ed6a056e2bb2",
  d3: "c9957a0971b02b0ee921dce91f9c885ed259715aef14079c1c4b2667d8f0ef77",
};

it("d1 grows with its scale, d2 with its files, d3 with its size", async () => {
  const sizes = { ...TINY, scale: 0.008, files: 600, size: 4_000_000 };
  for (const name of DATASET_NAMES) {
    const [small, large] = [await make(name), await make(name, sizes)];
    expect(large.size / small.size).toBeGreaterThan(1.5);
    expect(large.size / small.size).toBeLessThan(2.5);
  }
});

it("the database compresses as one of SQLite's with such rows does, and the noise not at all", () => {
  const pool = new ContentPool(1);
  const pages = Buffer.concat([...databasePages(2_000_000, pool, new SeededRandom(2))]);
  const ratioOf = (content: Buffer) => deflateRawSync(content, { level: 1 }).length / content.length;

  expect(pages).toHaveLength(2_000_000);
  expect(ratioOf(pages)).toBeGreaterThan(0.38);
  expect(ratioOf(pages)).toBeLessThan(0.5);
  expect(pages.toString("latin1")).not.toContain("SQLite format 3");
  expect(ratioOf(pool.someNoise(1_000_000))).toBeGreaterThan(0.99);
});

describe("differenceOf", () => {
  const file = (name: string, crc = 1): FileRecord => ({ name, size: 3, mode: 0o644, crc32: crc });
  const isEqual = (left: FileRecord, right: FileRecord) => left.crc32 === right.crc32;

  it.each([
    [[file("a"), file("b")], undefined],
    [[file("b"), file("a")], undefined],
    [[file("a")], "b is missing"],
    [[file("a"), file("b", 2)], "b is different"],
    [[file("a"), file("b"), file("c")], "c is not of the dataset"],
  ])("of a, b and %j is %s", (actual, difference) => {
    const found = differenceOf([file("a"), file("b")], actual, isEqual);
    if (difference === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(difference);
  });
});
