import { describe, expect, it } from "vitest";
import { rangeHeader, rangeWithin, sizeByContentRange } from "../../src/driver-kit/byte-range.ts";

describe("a range within an object of 10 bytes", () => {
  it.each([
    [undefined, { start: 0, end: 10 }],
    [{ start: 3 }, { start: 3, end: 10 }],
    [
      { start: 3, end: 5 },
      { start: 3, end: 5 },
    ],
    [
      { start: 9, end: 99 },
      { start: 9, end: 10 },
    ],
  ])("%j is %j", (range, expected) => {
    expect(rangeWithin(range, 10)).toEqual(expected);
  });

  it("starts before its end", () => {
    const refused = expect.objectContaining({ code: "RANGE_NOT_SATISFIABLE" });
    for (const start of [10, 11]) expect(() => rangeWithin({ start, end: 20 }, 10)).toThrow(refused);
  });

  it("is all of an empty one", () => {
    expect(rangeWithin(undefined, 0)).toEqual({ start: 0, end: 0 });
  });
});

it.each([
  [undefined, undefined],
  [{ start: 0, end: 5 }, "bytes=0-4"],
  [{ start: 5 }, "bytes=5-"],
])("the header for %j is %j", (range, header) => {
  expect(rangeHeader(range)).toBe(header);
});

it.each([
  ["bytes 0-4/10", { start: 0, end: 5 }, 10],
  ["bytes 5-9/10", { start: 5 }, 10],
  ["bytes 5-9/10", { start: 5, end: 99 }, 10],
  ["bytes 0-4/10", { start: 1, end: 5 }, undefined],
  ["bytes 0-4/10", { start: 0, end: 4 }, undefined],
  ["bytes 0-4/*", { start: 0, end: 5 }, undefined],
  [undefined, { start: 0, end: 5 }, undefined],
])("an answer with %j to the range %j tells a size of %j", (header, range, size) => {
  expect(sizeByContentRange(header, range)).toBe(size);
});
