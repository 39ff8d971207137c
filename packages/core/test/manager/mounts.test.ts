import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { removeTree } from "../../src/disk/remove-tree.ts";
import { BackupManager, recover } from "../../src/index.ts";
import { withMounts } from "../disk/mount-table.ts";
import { canMount, mountOn } from "../restore/real-mounts.ts";
import { DATA, makeManager } from "./manager-fixture.ts";

const MOUNTS = canMount();
if (!MOUNTS) console.info("this process may not mount: mounts are tested by a table of mounts alone");

describe("a restore with a table that shows a mount below the data directory", () => {
  it("is refused before anything is touched, naming the mount", async () => {
    const { manager, dataDir } = await backedUp((dataDir) => [`${dataDir}/uploads`, `${dataDir}/logs/deep er`]);
    const before = await readTree(dataDir);

    const restore = manager.restore("a.zip");

    await expect(restore).rejects.toMatchObject({
      code: "MOUNT_IN_DATA_DIR",
      message: expect.stringMatching(/"logs\/deep er", "uploads"/),
    });
    expect(await readTree(dataDir)).toEqual(before);
  });

  it("leaves such a mount alone with mounts: keep, and says what of the archive it skipped", async () => {
    const { manager, dataDir } = await backedUp((dataDir) => [`${dataDir}/uploads`], { mounts: "keep" });

    const { skipped } = await manager.restore("a.zip");

    expect(skipped).toEqual([
      { name: "uploads/", reason: "excluded" },
      { name: "uploads/größe 😀.txt", reason: "excluded" },
    ]);
    expect(await readTree(dataDir)).toEqual({ ...without(DATA, "uploads/größe 😀.txt"), "uploads/changed": "x" });
  });

  it("goes ahead if the mount is excluded, or is the data directory itself", async () => {
    const { manager, dataDir } = await backedUp(
      (dataDir) => [dataDir, `${dataDir}/backups`, `${dataDir}/uploads/cache`],
      {
        exclude: ["uploads/cache"],
      },
    );
    const kept = { "uploads/cache/kept": "x", "backups/old.zip": "y" };
    await writeTree(dataDir, kept);

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ ...DATA, ...kept });
  });

  it("is refused if the mount appears while the archive is staged", async () => {
    const mounts: string[] = [];
    const { manager, dataDir } = await backedUp(() => mounts, {
      hooks: { beforeSwap: () => void mounts.push(`${dataDir}/uploads`) },
    });
    const before = await readTree(dataDir);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "MOUNT_IN_DATA_DIR" });
    expect(await readTree(dataDir)).toEqual(before);
  });
});

describe.runIf(MOUNTS)("a real mount below the data directory", () => {
  it.each([
    ["of another device", undefined, "uploads"],
    ["of another device, two deep", undefined, "logs/archive"],
    ["of the same device", "elsewhere", "uploads"],
    ["of the same device, two deep", "elsewhere", "logs/archive"],
  ])("%s is refused, or kept with all in it", async (_kind, source, name) => {
    const { manager, dataDir, filesystem } = await backedUp();
    const elsewhere = await temporaryDirectory();
    mountOn(join(dataDir, name), source && elsewhere);
    await writeTree(join(dataDir, name), { "on-the-mount": "precious" });
    const before = await readTree(dataDir);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "MOUNT_IN_DATA_DIR" });
    expect(await readTree(dataDir)).toEqual(before);

    await new BackupManager({ dataDir, filesystem, mounts: "keep" }).restore("a.zip");
    const after = await readTree(dataDir);
    expect(after).toMatchObject({ "data.db": "a database", [`${name}/on-the-mount`]: "precious" });
    expect(Object.keys(after).filter((path) => path.startsWith(".stowage") || path === "changed")).toEqual([]);
  });

  it("is no obstacle where the data directory is one itself", async () => {
    const { filesystem } = await backedUp();
    const dataDir = join(await temporaryDirectory(), "volume");
    mountOn(dataDir);
    await writeTree(dataDir, { "data.db": "old" });

    await new BackupManager({ dataDir, filesystem }).restore("a.zip");

    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it.each([undefined, "elsewhere"])("is never emptied by a removal above it (bind of %s)", async (source) => {
    const directory = join(await temporaryDirectory(), "tree");
    const elsewhere = await temporaryDirectory();
    mountOn(join(directory, "a/b"), source && elsewhere);
    await writeTree(directory, { "a/b/c": "precious", d: "x" });

    await expect(removeTree(nodeDisk, directory)).rejects.toMatchObject({ code: "EBUSY" });
    expect(await readTree(directory)).toEqual({ "a/b/c": "precious", d: "x" });
  });

  it("is not emptied by recover where leftovers of a restore lie around it", async () => {
    const { dataDir } = await backedUp();
    const elsewhere = await temporaryDirectory();
    await writeTree(elsewhere, { precious: "x" });
    mountOn(join(dataDir, ".stowage/00000000-0000-4000-8000-00000000dead/new/mount"), elsewhere);

    await expect(recover(dataDir)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("mounted"),
    });
    expect(await readTree(elsewhere)).toEqual({ precious: "x" });
  });
});

/** A backup of `DATA` under "a.zip", data that has changed since, and a manager whose kernel shows these mounts. */
async function backedUp(
  mountsOf?: (dataDir: string) => string[],
  options: Omit<Parameters<typeof makeManager>[0] & object, "wrap" | "data"> = {},
) {
  const fixture = await makeManager();
  const { dataDir, filesystem } = fixture;
  await fixture.manager.create({ name: "a.zip" });
  await writeTree(dataDir, { "data.db": "changed", changed: "x", "uploads/changed": "x" });
  await mkdir(join(dataDir, "uploads"), { recursive: true });
  if (!mountsOf) return fixture;
  const disk = { ...nodeDisk, openFile: (path: string) => withMounts(nodeDisk, mountsOf(dataDir)).openFile(path) };
  await nodeDisk.removeFile(join(dataDir, "uploads/größe 😀.txt"));
  return { ...fixture, manager: new BackupManager({ dataDir, filesystem, disk, ...options }) };
}

function without(tree: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => path !== name));
}
