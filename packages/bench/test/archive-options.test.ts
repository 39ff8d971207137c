import { describe, expect, it } from "vitest";
import { parseArchiveOptions } from "../src/archive/archive-options.ts";
import { PEER_NAMES } from "../src/archive/contenders.ts";
import { growthSteps, parseGrowthOptions } from "../src/growth/growth-options.ts";
import { parseStorageOptions } from "../src/storage/storage-options.ts";
import { UsageError } from "../src/usage-error.ts";

describe("archive", () => {
  it("an empty command line asks for everything, in full size and five rounds", () => {
    const full = { scale: 1, files: 30_000, size: 1e9, rounds: 5, seed: 1, quick: false };

    expect(parseArchiveOptions([])).toEqual({ ...full, datasets: ["d1", "d2", "d3"], peers: PEER_NAMES });
  });

  it("a quick run is small, but for what is asked for", () => {
    const quick = parseArchiveOptions(["--quick"]);

    expect(quick).toMatchObject({ quick: true, datasets: ["d1", "d2", "d3"] });
    expect(
      [quick.scale, quick.files, quick.size, quick.rounds].every(
        (each, index) => each < Number([1, 30_000, 1e9, 5][index]),
      ),
    ).toBe(true);
    expect(quick.peers).not.toContain("extract-zip");
    expect(parseArchiveOptions(["--quick", "--rounds", "9"])).toEqual({ ...quick, rounds: 9 });
    expect(parseArchiveOptions(["--quick", "--peer", "yazl,go"])).toEqual({ ...quick, peers: ["yazl", "go"] });
  });

  it("every option is read", () => {
    const sizes = ["--scale", "0.25", "--files", "1000", "--size", "5MB", "--rounds", "7", "--seed", "3"];
    const names = ["--dataset", "d2,d1", "--peer", "go,yauzl-4", "--directory", "somewhere"];
    const files = ["--json", "a.json", "--svg", "a.svg"];

    expect(parseArchiveOptions([...sizes, ...names, ...files])).toEqual({
      ...{ scale: 0.25, files: 1_000, size: 5e6, rounds: 7, seed: 3, quick: false },
      ...{ datasets: ["d2", "d1"], peers: ["go", "yauzl-4"], directory: "somewhere" },
      ...{ json: "a.json", svg: "a.svg" },
    });
  });

  it.each([
    [["--dataset", "d4"], "--dataset"],
    [["--dataset", ""], "--dataset"],
    [["--peer", "winzip"], "--peer"],
    [["--peer", "stowage"], "--peer"],
    [["--scale", "0"], "--scale"],
    [["--scale", "1e3"], "--scale"],
    [["--scale", "41"], "--scale"],
    [["--files", "-1"], "--files"],
    [["--size", "17GB"], "--size"],
    [["--rounds", "none"], "--rounds"],
    [["--quick=yes"], "--quick"],
    [["d1"], "d1"],
  ])("%j is refused by a message that names %s", (args, name) => {
    const parse = () => parseArchiveOptions(args);

    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(name);
  });
});

it("growth is measured from scale 1 to 4 and from 10,000 to 100,000 files", () => {
  const [d1, d2] = growthSteps(parseGrowthOptions([]));

  expect([d1?.small.scale, d1?.large.scale, d1?.most]).toEqual([1, 4, 4.4]);
  expect([d2?.small.files, d2?.large.files, d2?.most]).toEqual([10_000, 100_000, 11]);
  expect(parseGrowthOptions(["--quick"]).rounds).toBe(1);
  expect(() => parseGrowthOptions(["--rounds", "0"])).toThrow(UsageError);
});

it("a storage run lists 10,000 backups and reads 100,000 entries unless told otherwise", () => {
  expect(parseStorageOptions([])).toMatchObject({
    backups: 10_000,
    entries: 100_000,
    parts: ["list", "entries", "create", "restore"],
  });
  expect(parseStorageOptions(["--backups", "100000", "--part", "list"])).toMatchObject({
    backups: 100_000,
    parts: ["list"],
  });
  expect(parseStorageOptions(["--part", "create"])).toMatchObject({
    parts: ["create"],
    remote: { scale: 1, size: 512e6 },
  });
  expect(parseStorageOptions(["--quick"]).remote).toMatchObject({ scale: 0.1, size: 32e6 });
  expect(() => parseStorageOptions(["--part", "all"])).toThrow(UsageError);
});
