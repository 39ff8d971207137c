import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareDirectories } from "../src/compare-directories.ts";
import { makeDataDirectory } from "../src/make-data-directory.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const SMALL = { seed: 7, files: 200, size: 3_000_000 };

test("the same seed makes the same bytes, and another seed other ones", async () => {
  const [first, second, other] = [await temporaryDirectory(), await temporaryDirectory(), await temporaryDirectory()];
  await makeDataDirectory(first, SMALL);
  await makeDataDirectory(second, SMALL);
  await makeDataDirectory(other, { ...SMALL, seed: 8 });

  expect((await compareDirectories(first, second, { skipped: new Set() })).differences).toEqual([]);
  expect((await compareDirectories(first, other, { skipped: new Set() })).differences).not.toEqual([]);
});

test("a data directory has the number of files and about the size that was asked for", async () => {
  const directory = await temporaryDirectory();
  await makeDataDirectory(directory, SMALL);

  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);

  expect(files).toHaveLength(SMALL.files);
  expect(total).toBeGreaterThan(SMALL.size * 0.8);
  expect(total).toBeLessThan(SMALL.size * 1.3);
});
