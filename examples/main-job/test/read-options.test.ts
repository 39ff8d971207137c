import { expect, test } from "vitest";
import { readOptions } from "../src/read-options.ts";

test("without arguments a sample is backed up to a local directory", () => {
  expect(readOptions([], "/start")).toEqual({ dataDir: undefined, to: undefined, keep: false, help: false });
});

test("a directory is found from where npm was called", () => {
  expect(readOptions(["data"], "/start")).toMatchObject({ dataDir: "/start/data" });
  expect(readOptions(["/data", "--to", "s3://bucket", "--keep"], "/start")).toMatchObject({
    dataDir: "/data",
    to: "s3://bucket",
    keep: true,
  });
});

test("an unknown option and a second directory are refused", () => {
  expect(() => readOptions(["--form"], "/start")).toThrow("--form");
  expect(() => readOptions(["one", "two"], "/start")).toThrow("one directory at a time, but there is also two");
});
