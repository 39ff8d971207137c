import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lstatInSlices } from "../src/lstat-in-slices.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

describe("lstat in slices", () => {
  it("describes each path in its place, and leaves a hole where a file is missing", async () => {
    const paths = await filesOf(["a", "bb", "ccc"]);
    await rm(paths[1] ?? "");

    const described = await lstatInSlices(paths);

    expect(described.map((stats) => stats && Number(stats.size))).toEqual([1, undefined, 3]);
  });

  it("rejects with any failure but a missing file", async () => {
    const [path = ""] = await filesOf(["a"]);

    await expect(lstatInSlices([path, join(path, "below")])).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it("lets the process do something else all the while", async () => {
    const [path = ""] = await filesOf(["a"]);
    let turns = 0;
    const count = () => {
      turns++;
      turn = setImmediate(count);
    };
    let turn = setImmediate(count);

    const startedAt = performance.now();
    await lstatInSlices(Array.from({ length: 20_000 }, () => path));
    const elapsedMs = performance.now() - startedAt;
    clearImmediate(turn);

    expect(turns).toBeGreaterThan(elapsedMs / 200);
  });
});

/** Makes files that hold their own names. */
async function filesOf(names: readonly string[]): Promise<string[]> {
  const directory = await temporaryDirectory();
  for (const name of names) await writeFile(join(directory, name), name);
  return names.map((name) => join(directory, name));
}
