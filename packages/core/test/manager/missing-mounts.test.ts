import { mkdir, rename, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { readTree, type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, needsRecovery, recover } from "../../src/index.ts";
import { canMount, mountOn, whileUnmounted } from "../restore/real-mounts.ts";
import { ARCHIVED, breakingDisk, CHANGED, withMountsIn } from "./mounted-fixture.ts";

const MOUNTS = canMount();
if (!MOUNTS) console.info("this process may not mount: mounts that are restored are tested by a table of mounts alone");

describe("recover where a mount is missing that a restore worked on", () => {
  it("touches nothing and names it from the commit on, and goes on when it is back", async () => {
    let refused = 0;
    for (let breakAt = 5; ; breakAt += 11) {
      const { manager, dataDir, filesystem, disk, calls } = await withMountsIn(["a/up"], {
        breaksAt: (_call, number) => number >= breakAt,
      });
      await manager.restore("a.zip").catch(() => {});
      if (calls.length < breakAt) break;
      const where = `broken from ${calls[breakAt - 1]} on`;
      await rename(join(dataDir, "a/up"), `${dataDir}-elsewhere`);
      await mkdir(join(dataDir, "a/up"));
      const before = withoutClaims(await readTree(dataDir));
      const isCommitted = Object.keys(before).some((name) => /^\.stowage\/(swap|undo|done)\.json$/.test(name));

      const result = await recover(dataDir).catch((error: unknown) => error);

      if (isCommitted) {
        refused += 1;
        expect(result, where).toMatchObject({ code: "RECOVERY_REQUIRED", message: expect.stringContaining('"a/up"') });
        expect(withoutClaims(await readTree(dataDir)), where).toEqual(before);
      }
      await rmdir(join(dataDir, "a/up"));
      await rename(`${dataDir}-elsewhere`, join(dataDir, "a/up"));
      await recover(dataDir, { disk });
      expect([ARCHIVED, CHANGED], where).toContainEqual(withoutRestores(await readTree(dataDir)));
      expect(await needsRecovery(dataDir, { disk }), where).toBe(false);
      await new BackupManager({ dataDir, filesystem, disk, mounts: "roots" }).restore("a.zip");
      expect(await readTree(dataDir), `${where}, restored again`).toEqual(ARCHIVED);
    }
    expect(refused).toBeGreaterThan(5);
  });
});

describe.runIf(MOUNTS)("a restore of real mounts", () => {
  it.each([
    ["of other devices", undefined],
    ["of the same device", "elsewhere"],
  ])("%s, two deep, replaces what is on them", async (_kind, source) => {
    const { filesystem } = await withMountsIn([]);
    const dataDir = join(await temporaryDirectory(), "volume");
    mountOn(dataDir);
    for (const name of ["a/up", "a/up/deep"]) mountOn(join(dataDir, name), source && (await temporaryDirectory()));
    await writeTree(dataDir, CHANGED);
    const manager = new BackupManager({ dataDir, filesystem, mounts: "roots" });

    await manager.restore("a.zip", { keepPrevious: true });
    expect(withoutRestores(await readTree(dataDir))).toEqual(ARCHIVED);
    await manager.rollback();
    expect(await readTree(dataDir)).toEqual(CHANGED);
    await manager.restore("a.zip");
    expect(await readTree(dataDir)).toEqual(ARCHIVED);
  });

  it("is refused before anything is touched where one of them is read-only", async () => {
    const { filesystem } = await withMountsIn([]);
    const dataDir = await temporaryDirectory();
    await writeTree(dataDir, CHANGED);
    mountOn(join(dataDir, "a/up"), join(dataDir, "a/up"), { isReadOnly: true });

    const restore = new BackupManager({ dataDir, filesystem, mounts: "roots" }).restore("a.zip");

    await expect(restore).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringContaining("a/up"),
    });
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it("is not recovered while one of them is unmounted, and is when it is back", async () => {
    const { filesystem } = await withMountsIn([]);
    const dataDir = await temporaryDirectory();
    const elsewhere = await temporaryDirectory();
    mountOn(join(dataDir, "a/up"), elsewhere);
    await writeTree(dataDir, CHANGED);
    const { disk } = breakingDisk(nodeDisk, (call) => /rename .*\/new\/data\.db/.test(call));
    const restore = new BackupManager({ dataDir, filesystem, disk, mounts: "roots" }).restore("a.zip");
    await expect(restore).rejects.toMatchObject({ code: "RECOVERY_REQUIRED" });

    await whileUnmounted(join(dataDir, "a/up"), elsewhere, async () => {
      await expect(recover(dataDir)).rejects.toMatchObject({ code: "RECOVERY_REQUIRED" });
    });

    expect(await recover(dataDir)).toBe("completed");
    expect(await readTree(dataDir)).toEqual(ARCHIVED);
  });
});

function withoutClaims(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith(".stowage/claim-")));
}

function withoutRestores(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !/(^|\/)\.stowage\//.test(name)));
}
