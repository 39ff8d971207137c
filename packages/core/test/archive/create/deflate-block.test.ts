import { inflateRawSync } from "node:zlib";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { type DeflateOptions, deflateHere } from "../../../src/archive/create/deflate.ts";
import { deflateBlock, deflateWhole } from "../../../src/archive/create/deflate-block.ts";

const random = new SeededRandom(6);
const codec = { level: 1, deflate: deflateHere };

test.each([
  ["with a header that shrinks is stored", [random.text(2_000), random.bytes(60_000)], false],
  ["whose first half shrinks is deflated", [random.text(30_000), random.bytes(30_000)], true],
  ["whose second half shrinks is deflated", [random.bytes(30_000), random.text(30_000)], true],
  ["in a short file is deflated without a look, if it shrinks at all", [random.bytes(20_000), random.text(500)], true],
])("content %s", async (_, parts, isDeflated) => {
  const deflated = await deflateWhole(Buffer.concat(parts), codec);

  expect(deflated !== undefined).toBe(isDeflated);
});

test("blocks of zeros are deflated once, and each result is its own", async () => {
  let deflations = 0;
  const deflate = (bytes: Uint8Array, options: DeflateOptions) => {
    deflations += 1;
    return deflateHere(bytes, options);
  };
  const options = { level: 1, isProbed: false, isLast: false, deflate };
  const zeros = Buffer.alloc(50_001);
  const first = await deflateBlock(zeros, options);
  const expected = Buffer.from(first);
  first.fill(1);

  expect(Buffer.from(await deflateBlock(zeros, options)).equals(expected)).toBe(true);
  expect(deflations).toBe(1);
  expect(expected.equals(deflateHere(zeros, options))).toBe(true);
  for (const [other, settings] of [
    [Buffer.concat([zeros, Buffer.of(1)]), options],
    [zeros.subarray(1), options],
    [zeros, { ...options, level: 9 }],
  ] as const) {
    const deflated = Buffer.from(await deflateBlock(other, settings));
    expect(deflated.equals(deflateHere(other, settings))).toBe(true);
  }
  const last = await deflateBlock(zeros, { ...options, isLast: true });
  expect(inflateRawSync(last).equals(zeros)).toBe(true);
});
