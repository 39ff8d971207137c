import { rm } from "node:fs/promises";
import { readTree, type Tree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import type { Disk } from "../../src/disk/disk.ts";
import { BackupManager } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { ARCHIVED, CHANGED, withMountsIn } from "./mounted-fixture.ts";

describe('a restore with mounts: "roots"', () => {
  it("replaces what is on the mounts too, and leaves nothing else there", async () => {
    const { manager, dataDir } = await withMountsIn(["a/up", "a/up/deep"]);

    const { skipped } = await manager.restore("a.zip");

    expect(skipped).toEqual([]);
    expect(await readTree(dataDir)).toEqual(ARCHIVED);
  });

  it("empties a mount of which the archive has nothing, and the mount stays", async () => {
    const { manager, dataDir } = await withMountsIn(["other"], { later: { "other/x": "now" } });

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ ...ARCHIVED, "other/": "" });
  });

  it("leaves excluded entries on a mount, and what belongs to its file system", async () => {
    const later = { "a/up/cache/k": "kept", "a/up/lost+found/": "" };
    const { manager, dataDir } = await withMountsIn(["a/up"], { later, exclude: ["a/up/cache"] });

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ ...ARCHIVED, ...later });
  });

  it.each([
    ["where a mount is", "a/z"],
    ["above a mount", "a/z/deep"],
  ])("is refused before anything is touched if the archive holds a file %s", async (_where, mount) => {
    const { manager, dataDir } = await withMountsIn([mount], { later: { [`${mount}/x`]: "now" } });
    const before = await readTree(dataDir);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      code: "MOUNT_IN_DATA_DIR",
      message: expect.stringContaining('a file at "a/z"'),
    });
    expect(await readTree(dataDir)).toEqual(before);
  });

  it("is refused before anything is touched if a file is mounted", async () => {
    const { manager, dataDir } = await withMountsIn(["a/up/x"]);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "MOUNT_IN_DATA_DIR" });
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it("is refused if a mount goes while the archive is staged", async () => {
    const mounts = ["a/up"];
    const { manager, dataDir } = await withMountsIn(mounts, { hooks: { beforeSwap: () => void mounts.pop() } });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      code: "MOUNT_IN_DATA_DIR",
      message: expect.stringContaining('"a/up"'),
    });
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it.each([
    ["is read-only", readOnly, "PERMISSION_DENIED"],
    ["has no room", full, "NO_SPACE"],
  ])("changes nothing if a mount %s", async (_state, flawed, code) => {
    const { manager, dataDir } = await withMountsIn(["a/up"], { flawed });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code, message: expect.stringContaining("a/up") });
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it("moves the sentinel first out and last in, though it is on a mount", async () => {
    const { dataDir, filesystem, disk } = await withMountsIn(["a/up"]);
    const faulty = faultyDisk(disk);
    const options = { dataDir, filesystem, disk: faulty.disk, mounts: "roots", requiredFiles: ["a/up/x"] } as const;

    await new BackupManager(options).restore("a.zip");

    const moves = faulty.calls.filter((call) => /^rename .*\/(old|new)\//.test(call));
    expect(moves.at(0)).toMatch(/old\/a\/up\/x$/);
    expect(moves.at(-1)).toMatch(/data\/a\/up\/x$/);
  });
});

describe('a backup with mounts: "roots"', () => {
  it("holds what is on the mounts, but not what restores keep there", async () => {
    const { manager } = await withMountsIn(["a/up"]);
    await manager.restore("a.zip", { keepPrevious: true });

    await manager.create({ name: "b.zip" });

    expect(await filesIn(manager)).toEqual(["a/up/deep/y", "a/up/x", "a/z", "data.db"]);
  });
});

describe("what lies at the top of a mount beside the data", () => {
  const excluded = (name: string) => ({ name, reason: "excluded" });

  it.each<[string, Tree, string[]]>([
    ["an empty lost+found", { "a/up/lost+found/": "" }, []],
    ["a lost+found that holds something", { "a/up/lost+found/#12": "x" }, ["a/up/lost+found"]],
    ["what a restore set aside", { "a/up/.stowage/lost/id/a": "x" }, ["a/up/.stowage"]],
    ["somebody's file in .stowage", { "a/up/.stowage/mine.txt": "x" }, ["a/up/.stowage"]],
    [
      "a lost+found of the data directory too",
      { "a/up/lost+found/a": "x", "lost+found/b": "x" },
      ["lost+found", "a/up/lost+found"],
    ],
  ])("%s is left out, with a warning where it may be data", async (_, later, names) => {
    const { manager } = await withMountsIn(["a/up"], { later });

    const { warnings } = await manager.create({ name: "b.zip" });

    expect(warnings).toEqual(names.map(excluded));
    expect(await filesIn(manager)).toEqual(Object.keys(CHANGED));
  });

  it("is left out without a word where it is Stowage's own, or a glob excludes it", async () => {
    const later = { "a/up/lost+found/#12": "x" };
    const { manager } = await withMountsIn(["a/up"], { later, exclude: ["**/lost+found"] });
    await manager.restore("a.zip", { keepPrevious: true });

    expect((await manager.create({ name: "b.zip" })).warnings).toEqual([]);
  });

  it("is data in a directory that is no mount", async () => {
    const { manager } = await withMountsIn(["a/up"], { later: { "a/lost+found/x": "data" } });

    expect((await manager.create({ name: "b.zip" })).warnings).toEqual([]);
    expect(await filesIn(manager)).toContain("a/lost+found/x");
  });

  it("stays when a manager restores that goes by no mount", async () => {
    const later = { "a/up/lost+found/#12": "x" };
    const { manager, dataDir, filesystem } = await withMountsIn(["a/up"], { later });
    await manager.create({ name: "b.zip" });
    const before = await readTree(dataDir);
    await rm(`${dataDir}/data.db`);

    await new BackupManager({ dataDir, filesystem }).restore("b.zip");

    expect(await readTree(dataDir)).toEqual(before);
  });
});

async function filesIn(manager: BackupManager): Promise<string[]> {
  return (await manager.entries("b.zip")).map(({ name }) => name).filter((name) => !name.endsWith("/"));
}

describe("previous data on mounts", () => {
  it("comes back with a rollback, and goes with a confirm", async () => {
    const { manager, dataDir } = await withMountsIn(["a/up", "a/up/deep"]);

    await manager.restore("a.zip", { keepPrevious: true });
    await manager.rollback();
    expect(await readTree(dataDir)).toEqual(CHANGED);

    await manager.restore("a.zip", { keepPrevious: true });
    await manager.confirm();
    expect(await readTree(dataDir)).toEqual(ARCHIVED);
  });

  it("is not brought back in part, where the mounts are not those of the restore", async () => {
    const { manager, dataDir, filesystem, disk } = await withMountsIn(["a/up"]);
    await manager.restore("a.zip", { keepPrevious: true });
    const before = await readTree(dataDir);
    const keeping = new BackupManager({ dataDir, filesystem, disk, mounts: "keep" });

    await expect(keeping.rollback()).rejects.toMatchObject({ code: "MOUNT_IN_DATA_DIR" });
    expect(await readTree(dataDir)).toEqual(before);
  });
});

function readOnly(disk: Disk, mount: string): Disk {
  const refuse = (path: string) => Promise.reject(Object.assign(new Error(`EROFS: ${path}`), { code: "EROFS" }));
  return { ...disk, makeDirectory: (path) => (path.startsWith(mount) ? refuse(path) : disk.makeDirectory(path)) };
}

function full(disk: Disk, mount: string): Disk {
  return { ...disk, freeSpace: async (path) => (path.startsWith(mount) ? 3 : disk.freeSpace(path)) };
}
