import { expect, it } from "vitest";
import { choosePartSizes, maxObjectSize, partsInFlight } from "../src/write/part-sizes.ts";

const MIB = 1_024 * 1_024;
const GIB = 1_024 * MIB;
const MAX_OBJECT_SIZE = 5 * 1_024 * GIB;
const MAX_PART_SIZE = 5 * GIB;

it.each([
  [0, 8],
  [76_000 * MIB, 8],
  [76_001 * MIB, 9],
  [100 * GIB, 11],
  [MAX_OBJECT_SIZE, 552],
])("parts of an object of at most %i bytes have %i MiB, all of them", (bound, mebibytes) => {
  const sizes = choosePartSizes(8 * MIB, bound);
  expect([sizes(1), sizes(5_000), sizes(10_000)]).toEqual(Array(3).fill(mebibytes * MIB));
  expect(sizes(1) * 10_000).toBeGreaterThanOrEqual(bound);
});

it.each([5 * MIB, 8 * MIB, 64 * MIB, GIB])("10,000 growing parts from %i bytes on reach 5 TiB", (partSize) => {
  const sizes = choosePartSizes(partSize, undefined);
  let total = 0;
  for (let number = 1; number <= 10_000; number++) {
    expect(sizes(number)).toBeGreaterThanOrEqual(sizes(Math.max(1, number - 1)));
    total += sizes(number);
  }
  expect(total).toBeGreaterThanOrEqual(MAX_OBJECT_SIZE);
  expect(sizes(10_000)).toBeLessThanOrEqual(MAX_PART_SIZE);
});

it.each([1, 7, 100, 1_000, 10_000])(
  "%i parts are enough for what a service that takes no more is asked for",
  (maxParts) => {
    const most = maxObjectSize(maxParts);
    const growing = choosePartSizes(8 * MIB, undefined, maxParts);
    let total = 0;
    for (let number = 1; number <= maxParts; number++) total += growing(number);

    expect(total).toBeGreaterThanOrEqual(most);
    expect(growing(maxParts)).toBeLessThanOrEqual(MAX_PART_SIZE);
    expect(choosePartSizes(8 * MIB, most, maxParts)(1) * maxParts).toBeGreaterThanOrEqual(most);
    expect(most / maxParts).toBeCloseTo(MAX_OBJECT_SIZE / 10_000, -1);
  },
);

it("the first parts of unknown length are not larger than asked for", () => {
  const sizes = choosePartSizes(8 * MIB, undefined);
  expect(sizes(1)).toBe(8 * MIB);
  expect(sizes(1_000)).toBe(8 * MIB);
  expect(sizes(1_001)).toBeGreaterThan(8 * MIB);
});

it("parts in flight hold at most 128 MiB, and are never none", () => {
  expect(partsInFlight(8 * MIB, 4)).toBe(4);
  expect(partsInFlight(8 * MIB, 100)).toBe(16);
  expect(partsInFlight(50 * MIB, 4)).toBe(2);
  expect(partsInFlight(GIB, 4)).toBe(1);
});
