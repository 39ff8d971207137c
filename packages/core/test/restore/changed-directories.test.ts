import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { removeTree } from "../../src/disk/remove-tree.ts";
import { BackupManager, recover } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { makeManager } from "../manager/manager-fixture.ts";

describe("a directory that somebody replaces by a link", () => {
  it.each(["removeFile", "removeDirectory", "readDirectory"])("is not followed by a removal at %s", async (call) => {
    const place = await temporaryDirectory();
    const [tree, outside] = [join(place, "tree"), join(place, "outside")];
    await writeTree(tree, { "a/b/c": "x", "a/d/": "" });
    await writeTree(outside, { "b/c": "kept", "d/": "" });
    const disk = swapping(new RegExp(`^${call} .*/tree/a/[bd]`), () => replace(join(tree, "a"), outside));

    await expect(removeTree(disk, tree)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

    expect(await readTree(outside)).toEqual({ "b/c": "kept", "d/": "" });
  });

  it("is not followed by what is kept of a name that no string can hold", async () => {
    const place = await temporaryDirectory();
    const [tree, outside] = [join(place, "tree"), join(place, "outside")];
    const odd = Buffer.from([0xff, 0x2e]);
    for (const directory of [`${tree}/a`, outside]) {
      await mkdir(directory, { recursive: true });
      await writeFile(Buffer.concat([Buffer.from(`${directory}/`), odd]), "kept");
    }
    const disk = swapping(/^removeFile .*\/tree\/a\//, () => replace(join(tree, "a"), outside));

    await expect(removeTree(disk, tree)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

    expect(await nodeDisk.readDirectory(outside)).toEqual([odd]);
  });

  // The entries beside "kept" are exchanged inside a/, because a/kept stays.
  it.each([
    ["out of the data", /^rename .*\/data\/a\/\S+ .*\/old\/a\//],
    ["into the data", /^rename .*\/new\/a\/\S+ .*\/data\/a\//],
  ])("is not followed by a swap that moves %s", async (_where, at) => {
    const { dataDir, filesystem, manager } = await makeManager({ data: { "a/x": "old", "a/y": "old", b: "old" } });
    await manager.create({ name: "a.zip" });
    await writeTree(dataDir, { "a/kept": "kept" });
    const outside = join(dirname(dataDir), "outside");
    await writeTree(outside, { x: "not ours", y: "not ours", z: "not ours" });
    const inPlace = join(dataDir, "a");
    let swapped = false;
    const disk = swapping(at, async () => {
      swapped = true;
      await replace(inPlace, outside);
    });
    const keeping = new BackupManager({ dataDir, filesystem, disk, exclude: ["a/kept"] });

    await expect(keeping.restore("a.zip")).rejects.toMatchObject({ name: "StowageError" });
    expect(swapped).toBe(true);
    expect(await readTree(outside)).toEqual({ x: "not ours", y: "not ours", z: "not ours" });

    await nodeDisk.removeFile(inPlace);
    await rename(`${inPlace}.aside`, inPlace);
    await recover(dataDir);
    expect(await readTree(outside)).toEqual({ x: "not ours", y: "not ours", z: "not ours" });
    expect(await readTree(inPlace)).toEqual({ kept: "kept", x: "old", y: "old" });
  });
});

/** Runs `swap` before the first call that matches. */
function swapping(at: RegExp, swap: () => Promise<void>) {
  let isDone = false;
  return faultyDisk(nodeDisk, {
    before: async (call) => {
      if (isDone || !at.test(call)) return;
      isDone = true;
      await swap();
    },
  }).disk;
}

async function replace(directory: string, outside: string): Promise<void> {
  await rename(directory, `${directory}.aside`);
  await symlink(outside, directory);
}
