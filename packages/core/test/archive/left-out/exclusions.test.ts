import { describe, expect, test } from "vitest";
import { excluding } from "../../../src/archive/left-out/exclusions.ts";

describe("the fixed names", () => {
  const roots = [".stowage", "lost+found"];

  test.each(roots)("%s is excluded at the top, with all below it", (name) => {
    const isExcluded = excluding([]);

    expect(isExcluded(name)).toBe(true);
    expect(isExcluded(`${name}/a/b`)).toBe(true);
    expect(isExcluded(`a/${name}`)).toBe(false);
    expect(isExcluded(`${name}2`)).toBe(false);
  });
});

test.each(["backups", ".pb_temp_to_delete", ".autocert_cache", ".notify"])("%s is data like any other", (name) => {
  expect(excluding([])(name)).toBe(false);
});

describe("globs", () => {
  test.each([
    ["cache", "cache", true],
    ["cache", "cache/a/b.txt", true],
    ["cache", "a/cache", false],
    ["cache/", "cache/a", true],
    ["./cache", "cache", true],
    ["**/cache", "a/b/cache/c", true],
    ["**/cache", "cache", true],
    ["*.log", "a.log", true],
    ["*.log", "a/b.log", false],
    ["**/*.log", "a/b.log", true],
    ["*", ".hidden", true],
    ["a/*", "a/.b", true],
    ["a/*", "a", false],
    ["!(keep)", "other", true],
    ["!(keep)", "keep", false],
    ["[ab].txt", "b.txt", true],
    ["{x,y}/z", "y/z/1", true],
  ])("%s against %s: %s", (glob, name, expected) => {
    expect(excluding([glob])(name)).toBe(expected);
  });

  test.each([[""], ["/"], ["/cache"], ["!cache"], [42], [null], [undefined]])("%j is refused", (glob) => {
    expect(() => excluding(["fine", glob as string])).toThrowError(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
