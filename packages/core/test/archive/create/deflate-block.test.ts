import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { deflateHere } from "../../../src/archive/create/deflate.ts";
import { deflateWhole } from "../../../src/archive/create/deflate-block.ts";

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
