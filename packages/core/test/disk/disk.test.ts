import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { nodeThreadDisk } from "../../src/disk/node-thread-disk.ts";
import { withoutFirst } from "../../src/disk/without-first.ts";

const pieces = ["ab", "", "cde", "f"].map((text) => Buffer.from(text));

test.each([
  [0, "ab cde f"],
  [1, "b cde f"],
  [2, "cde f"],
  [4, "e f"],
  [6, ""],
])("without the first %i bytes, pieces are what follows", (size, rest) => {
  expect(withoutFirst(pieces, size).map(String).join(" ")).toBe(rest);
});

test.each([
  ["the disk", { ...nodeDisk, close: () => {} }],
  ["the disk of a thread", nodeThreadDisk.openPlace()],
])("%s writes pieces at a place, in any order", async (_, disk) => {
  const path = join(await temporaryDirectory(), "file");
  const file = await disk.createFile(path);

  await file.writeAt(pieces, 4);
  await file.writeAt([Buffer.from("0123")], 0);
  await file.writeAt([], 0);
  await file.writeAt([Buffer.alloc(0)], 2);
  await file.close();
  disk.close();

  expect(await readFile(path, "utf8")).toBe("0123abcdef");
});
