import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { ContentCheck } from "../src/transfer/content-check.ts";
import { CHUNK_SIZE, SeededContent } from "../src/transfer/seeded-content.ts";

const SIZE = 5 * CHUNK_SIZE + 1_234;
const content = new SeededContent({ size: SIZE, seed: 42 });
const bytes = Buffer.concat([...content.chunks()]);

it("the content has its size, and the digest of its bytes", () => {
  expect(bytes.length).toBe(SIZE);
  expect(content.digest()).toBe(createHash("sha256").update(bytes).digest("hex"));
});

it("the content depends on the seed, and no chunk is equal to another", () => {
  expect(new SeededContent({ size: SIZE, seed: 44 }).digest()).not.toBe(content.digest());
  expect(content.chunk(0).equals(content.chunk(4))).toBe(false);
});

it.each([1, 1_000, 65_536, CHUNK_SIZE, SIZE])("the content passes in pieces of at most %d bytes", (pieceSize) => {
  const from = pieceSize === 1 ? SIZE - 2_000 : 0;
  const check = new ContentCheck(content, from);

  for (let start = from; start < SIZE; start += pieceSize) check.update(bytes.subarray(start, start + pieceSize));

  expect(check.position).toBe(SIZE);
});

it.each([0, 3, 4, CHUNK_SIZE - 1, CHUNK_SIZE, SIZE - 1])("a bit that flips in byte %d is found", (position) => {
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(damaged.readUInt8(position) ^ 1, position);

  expect(() => new ContentCheck(content, 0).update(damaged)).toThrow("are not those of the content");
});

it("bytes in the wrong place, and bytes behind the end, are found", () => {
  const moved = new ContentCheck(content, 4 * CHUNK_SIZE);
  const longer = new ContentCheck(content, 0);

  expect(() => moved.update(bytes.subarray(0, 100))).toThrow();
  expect(() => longer.update(Buffer.concat([bytes, Buffer.from("x")]))).toThrow(`from ${SIZE} on`);
});
