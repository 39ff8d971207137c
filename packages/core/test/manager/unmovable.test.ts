import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { canMount, mountOn } from "../restore/real-mounts.ts";
import { makeManager } from "./manager-fixture.ts";

const DATA = { "data.db": "x", "a/one": "1", "a/cache/k": "1", "other/two": "2" };

/** A manager whose disk cannot move what has these names. */
async function withUnmovable(refused: Record<string, string>, options: { exclude?: string[] } = {}) {
  const { dataDir, filesystem, manager: before } = await makeManager({ data: DATA });
  await before.create({ name: "a.zip" });
  const { disk, calls } = faultyDisk({
    ...nodeDisk,
    whyNotMovable: async (path) => {
      const code = Object.entries(refused).find(([name]) => path === join(dataDir, name))?.[1];
      return code === undefined ? undefined : Object.assign(new Error(`${code}: rename`), { code });
    },
  });
  const manager = new BackupManager({ dataDir, filesystem, disk, ...options });
  const staged = () => calls.filter((call) => /^createFile .*\/new\//.test(call));
  return { dataDir, manager, staged };
}

describe("what cannot be moved", () => {
  it.each([
    ["EXDEV", "overlay file system"],
    ["EACCES", "another user"],
    ["EPERM", "immutable"],
    ["EBUSY", "`mounts`"],
    ["EIO", "cannot be replaced"],
  ])("refuses a restore before anything is staged: %s", async (code, reason) => {
    const { dataDir, manager, staged } = await withUnmovable({ other: code });
    const before = await readTree(dataDir);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      code: "SWAP_FAILED",
      message: expect.stringMatching(new RegExp(`${join(dataDir, "other")}.*${reason}.*nothing was`)),
      cause: { code },
    });

    expect(staged()).toEqual([]);
    expect(await readTree(dataDir)).toEqual(before);
  });

  it("does not matter if it stays in place with what is kept below it", async () => {
    const { manager } = await withUnmovable({ a: "EXDEV" }, { exclude: ["a/cache"] });

    await manager.restore("a.zip");
  });

  it("is found below a directory that stays, too", async () => {
    const { dataDir, manager, staged } = await withUnmovable(
      { a: "EXDEV", "a/one": "EXDEV" },
      { exclude: ["a/cache"] },
    );

    const message = expect.stringContaining(join(dataDir, "a/one"));
    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "SWAP_FAILED", message });
    expect(staged()).toEqual([]);
  });
});

it.runIf(canMount())("a directory of a container's image is found before anything is fetched", async () => {
  const { filesystem, manager: before } = await makeManager({ data: DATA });
  await before.create({ name: "a.zip" });
  const directory = await temporaryDirectory();
  mountOn(directory); // an overlay cannot lie on another one
  await writeTree(join(directory, "lower"), DATA);
  for (const name of ["upper", "work", "data"]) await mkdir(join(directory, name));
  const dataDir = join(directory, "data");
  const layers = `lowerdir=${directory}/lower,upperdir=${directory}/upper,workdir=${directory}/work`;
  execFileSync("mount", ["-t", "overlay", "none", "-o", layers, dataDir]);
  onTestFinished(() => void execFileSync("umount", [dataDir]));
  const manager = new BackupManager({ dataDir, filesystem });

  await expect(manager.restore("a.zip")).rejects.toMatchObject({
    code: "SWAP_FAILED",
    message: expect.stringContaining("nothing was fetched"),
    cause: { code: "EXDEV" },
  });
  expect(await readTree(dataDir)).toEqual(DATA);
});
