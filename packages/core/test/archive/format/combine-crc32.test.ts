import { crc32 } from "node:zlib";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { combineCrc32 } from "../../../src/archive/format/combine-crc32.ts";

const random = new SeededRandom(7);

test("the CRC of two pieces in a row follows from theirs, wherever the cut is", () => {
  const bytes = random.bytes(70_001);
  const whole = crc32(bytes);

  for (const cut of [
    0,
    1,
    2,
    255,
    4_096,
    65_535,
    65_536,
    70_000,
    70_001,
    ...Array.from({ length: 50 }, () => random.below(70_001)),
  ]) {
    const [first, second] = [bytes.subarray(0, cut), bytes.subarray(cut)];
    expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(whole);
  }
});

test("pieces of more than 4 GiB are counted in full", () => {
  const size = 2 ** 32 + 512 * 1024;
  const half = combineCrc32(0, 0, size / 2);

  // Adding nothing behind a CRC in one step is the same as in two.
  expect(combineCrc32(0x1234_5678, half, size)).toBe(
    combineCrc32(combineCrc32(0x1234_5678, 0, size / 2), half, size / 2),
  );
});
