import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { lstatExactlyInSlices, lstatInSlices } from "../../src/disk/lstat-in-slices.ts";

describe.each([
  ["lstat", lstatInSlices],
  ["lstat to the nanosecond", lstatExactlyInSlices],
] as const)("%s in slices", (_, lstatMany) => {
  it("settles each path in its place", async () => {
    const paths = await filesOf(["a", "bb", "ccc"]);
    await rm(paths[1] ?? "");

    const settled = await lstatMany([...paths, join(paths[0] ?? "", "below")]);

    expect(settled.map((each) => (each.status === "fulfilled" ? Number(each.value.size) : each.reason.code))).toEqual([
      1,
      "ENOENT",
      3,
      "ENOTDIR",
    ]);
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
    await lstatMany(Array.from({ length: 20_000 }, () => path));
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
