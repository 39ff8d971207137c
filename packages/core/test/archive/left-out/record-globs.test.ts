import { expect, test } from "vitest";
import { matching } from "../../../src/archive/left-out/exclusions.ts";
import { matchingOfRecord } from "../../../src/archive/left-out/record-globs.ts";

const GLOBS = ["cache", "./tmp/", "**/*.log", "**/node_modules/**", "*-*-*-*", "!(keep)", "[ab]*.txt", "@(x|y)/z"];
const NAMES = [
  "cache/a",
  "tmp",
  "a/b.log",
  "a/node_modules/b/c",
  "1-2-3-4",
  "keep",
  "keep/me",
  "a1.txt",
  "y/z/1",
  "q/w",
];

test.each(GLOBS.map((glob) => [glob]))("%s matches what it matches in an option", (glob) => {
  for (const name of [...NAMES, ...NAMES.map((name) => `${"long/".repeat(200)}${name}`)]) {
    expect([name, matchingOfRecord([glob])(name)]).toEqual([name, matching([glob])(name)]);
  }
});

test("several globs match together, those that can be slow and those that cannot", () => {
  const isMatched = matchingOfRecord(["cache", "(x|y)+", "*.log"]);

  expect(["cache", "xyx", "a.log", "a.txt"].map((name) => isMatched(name))).toEqual([true, true, true, false]);
});

test.each([["/a"], ["!a"], [""]])("%j is refused as in an option", (glob) => {
  expect(() => matchingOfRecord(["fine", glob])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
