import { expect, it } from "vitest";
import { parseTransferOptions } from "../src/transfer/transfer-options.ts";
import { UsageError } from "../src/usage-error.ts";

it("an empty command line asks for three rounds of 64 MB against both servers", () => {
  expect(parseTransferOptions([])).toEqual({ size: 64e6, rounds: 3, seed: 1, servers: ["double", "sink"] });
});

it("every option is read", () => {
  const args = ["--size", "1GB", "--rounds", "5", "--seed=7", "--server", "sink", "--json", "figures.json"];

  const options = parseTransferOptions(args);

  expect(options).toEqual({ size: 1e9, rounds: 5, seed: 7, servers: ["sink"], json: "figures.json" });
});

it.each([
  ["1", 1],
  ["250KB", 250_000],
  ["64mb", 64_000_000],
  ["8GB", 8_000_000_000],
])("a size of %s is %d bytes", (text, size) => {
  expect(parseTransferOptions(["--size", text]).size).toBe(size);
});

it.each([
  [["--size", "0"], "--size"],
  [["--size", "9GB"], "--size"],
  [["--size", "1 GiB"], "--size"],
  [["--size", "-1"], "--size"],
  [["--rounds", "0"], "--rounds"],
  [["--rounds", "1.5"], "--rounds"],
  [["--seed", "x"], "--seed"],
  [["--server", "minio"], "--server"],
  [["--sise", "1GB"], "--sise"],
  [["more"], "more"],
])("%j is refused by a message that names %s", (args, name) => {
  const parse = () => parseTransferOptions(args);

  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(name);
});
