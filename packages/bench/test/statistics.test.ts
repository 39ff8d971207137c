import { describe, expect, it } from "vitest";
import { pairedRatio, rotated, spreadOf } from "../src/statistics.ts";

describe("spreadOf", () => {
  it("takes the middle of an odd number of figures, by size and not by text", () => {
    expect(spreadOf([100, 9, 20])).toEqual({ median: 20, least: 9, most: 100 });
  });

  it("takes the mean of the two in the middle of an even number", () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 });
  });

  it("refuses to say anything of no figures", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe("pairedRatio", () => {
  it("divides within each round, so that a slow round changes nothing", () => {
    expect(pairedRatio([20, 2, 40], [10, 1, 20])).toEqual({ median: 2, least: 2, most: 2 });
  });

  it("tells the range of the ratios", () => {
    expect(pairedRatio([10, 10, 10], [20, 10, 5])).toEqual({ median: 1, least: 0.5, most: 2 });
  });

  it("refuses rounds that do not pair up", () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow(RangeError);
  });
});

it("every contender comes first in one of as many rounds as there are contenders", () => {
  const rounds = [0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""));

  expect(rounds).toEqual(["abc", "bca", "cab", "abc"]);
  expect(rotated([], 3)).toEqual([]);
});
