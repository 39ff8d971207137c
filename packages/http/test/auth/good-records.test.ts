import { expect, it } from "vitest";
import { GoodRecords } from "../../src/auth/good-records.ts";

it("the last 1,000 records are kept, and one that is used again stays", () => {
  const records = new GoodRecords();
  for (let i = 0; i < 1_000; i++) records.add(`${i}`);
  records.add("0");

  records.add("new");

  expect(["0", "new", "2", "999"].map((pair) => records.has(pair))).toEqual([true, true, true, true]);
  expect(records.has("1")).toBe(false);
});
