import { chmod, lstat, readdir, rename, symlink } from "node:fs/promises";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import type { PathOptions } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { makeManager } from "../manager/manager-fixture.ts";
import { lookAt } from "../special-tree.ts";
import { swapStaging } from "./staging-swaps.ts";

const LARGE = "0123456789".repeat(300_000);

describe("a directory in staging that somebody replaces by a link", () => {
  it.each([
    ["a file is created in it", /^createFile .*\/new\/d\/small$/],
    ["a large file is created in it", /^createFile .*\/new\/d\/large$/],
    ["a directory is made in it", /^makeDirectory .*\/new\/d\/deep$/],
    ["it gets its mode", /^setMode .*\/new\/d$/],
    ["it gets its time", /^setModifiedAt .*\/new\/d$/],
  ])("leads nowhere when %s", async (_when, at) => {
    const deeper = String(at).includes("deep") ? "d/deep/x" : "d/x";
    const { dataDir, filesystem, manager } = await makeManager({
      data: { "d/small": "s", "d/large": LARGE, [deeper]: "x" },
    });
    await manager.create({ name: "a.zip" });
    const elsewhere = await temporaryDirectory();
    await chmod(elsewhere, 0o711);
    const before = await lstat(elsewhere);
    const { disk } = faultyDisk(nodeDisk, {
      before: async (call) => {
        const directory = at.test(call) ? /\/\S*\/new\/d(?=\/|$)/.exec(call)?.[0] : undefined;
        if (directory === undefined) return;
        await rename(directory, `${directory}.aside`);
        await symlink(elsewhere, directory);
      },
    });
    const changed = await lookAt(dataDir);

    const restoring = new BackupManager({ dataDir, filesystem, disk }).restore("a.zip");

    await expect(restoring).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringContaining("replaced by a link"),
    });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await lstat(elsewhere)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs });
    expect(await lookAt(dataDir)).toEqual(changed);
  });

  it("leads nowhere when it is the whole of staging, as soon as it is made", async () => {
    const { dataDir, filesystem, manager } = await makeManager({ data: { "d/small": "s" } });
    await manager.create({ name: "a.zip" });
    const elsewhere = await temporaryDirectory();
    const disk = {
      ...nodeDisk,
      makeDirectory: async (path: string, options?: PathOptions) => {
        await nodeDisk.makeDirectory(path, options);
        if (!path.endsWith("/new")) return;
        await rename(path, `${path}.aside`);
        await symlink(elsewhere, path);
      },
    };

    const restoring = new BackupManager({ dataDir, filesystem, disk }).restore("a.zip");

    await expect(restoring).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await lookAt(dataDir)).toEqual({ "d/small": "s" });
  });

  it.each([0, 2])("leads nowhere in %i threads, however often it happens", { timeout: 120_000 }, async (workers) => {
    const { outside, swaps } = await swapStaging({ workers, rounds: 8 });

    expect(outside).toEqual([]);
    expect(swaps).toBeGreaterThan(0);
  });
});
