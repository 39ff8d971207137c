import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, needsRecovery, recover } from "../../src/index.ts";
import { withMounts } from "../disk/mount-table.ts";
import { lookAt } from "../special-tree.ts";
import { type Fixture, makeManager } from "./manager-fixture.ts";

const UUID = "00000000-0000-4000-8000-00000000000a";
/** What somebody has, which looks like what restores leave behind. */
const OF_SOMEBODY = { "swap.json": "{", [`${UUID}/new/x`]: "x", [`upload-${UUID}`]: "u", "notes.txt": "n" };

type Call = (fixture: Fixture) => Promise<unknown>;

const CALLS: readonly [string, Call][] = [
  ["restore", ({ manager }) => manager.restore("a.zip")],
  ["create", ({ manager }) => manager.create()],
  ["recover", ({ dataDir }) => recover(dataDir)],
  ["needsRecovery", ({ dataDir }) => needsRecovery(dataDir)],
  ["upload", ({ manager }) => manager.upload("b.zip", Buffer.from("x"))],
  ["keptPrevious", ({ manager }) => manager.keptPrevious()],
  ["rollback", ({ manager }) => manager.rollback()],
  ["confirm", ({ manager }) => manager.confirm()],
];

describe.each(CALLS)("%s", (_name, call) => {
  it("refuses a .stowage that is a link, and touches nothing behind it", async () => {
    const fixture = await archived();
    const elsewhere = await temporaryDirectory();
    await writeTree(elsewhere, OF_SOMEBODY);
    await symlink(elsewhere, join(fixture.dataDir, ".stowage"));
    const before = await lookAt(fixture.dataDir);

    await expect(call(fixture)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("Move it away"),
    });

    expect(await lookAt(elsewhere)).toEqual(OF_SOMEBODY);
    expect(await lookAt(fixture.dataDir)).toEqual(before);
  });

  it("refuses a .stowage that is a file, or a link to nowhere", async () => {
    const [file, dangling] = [await archived(), await archived()];
    await writeFile(join(file.dataDir, ".stowage"), "mine");
    await symlink("nowhere", join(dangling.dataDir, ".stowage"));

    for (const fixture of [file, dangling]) {
      await expect(call(fixture)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }

    expect(await readdir(dangling.dataDir)).not.toContain("nowhere");
  });
});

describe("a .stowage of a mount that is a link", () => {
  it("is refused by a restore of that mount, before anything is fetched or touched", async () => {
    const { dataDir, filesystem, elsewhere } = await withLinkedMount();
    const disk = withMounts(nodeDisk, [join(dataDir, "up")]);
    const manager = new BackupManager({ dataDir, filesystem, disk, mounts: "roots" });

    const phases: string[] = [];
    const restoring = manager.restore("a.zip", { onProgress: ({ phase }) => void phases.push(phase) });

    await expect(restoring).rejects.toMatchObject({ code: "CONFIG_INVALID" });

    expect(phases).toEqual([]); // nothing was fetched
    expect(await lookAt(elsewhere)).toEqual(OF_SOMEBODY);
    expect(await lookAt(dataDir)).toMatchObject({ "data.db": "now", "up/x": "now" });
  });

  it("is not swept by recover, which looks at the leftovers of a restore beside it", async () => {
    const { dataDir, elsewhere } = await withLinkedMount();
    await writeTree(dataDir, { [`.stowage/${UUID}/new/x`]: "staged" });

    expect(await recover(dataDir, { disk: withMounts(nodeDisk, [join(dataDir, "up")]) })).toBe("cleaned");

    expect(await lookAt(elsewhere)).toEqual(OF_SOMEBODY);
  });
});

describe("names in .stowage that are not of restores", () => {
  const foreign = { ".stowage/notes.txt": "n", ".stowage/copy/data.db": "the only copy", ".stowage/uploads-2026/": "" };

  it("are left alone, need no recovery and stop no restore", async () => {
    const { manager, dataDir } = await archived();
    await writeTree(dataDir, foreign);

    expect(await needsRecovery(dataDir)).toBe(false);
    expect(await recover(dataDir)).toBe("none");
    await manager.restore("a.zip");

    expect(await lookAt(dataDir)).toEqual({ ...foreign, "data.db": "archived" });
    expect(await needsRecovery(dataDir)).toBe(false);
  });

  it("stay where what a killed process left is swept", async () => {
    const { dataDir } = await archived();
    await writeTree(dataDir, { ...foreign, [`.stowage/${UUID}/new/x`]: "x", [`.stowage/upload-${UUID}`]: "u" });

    expect(await recover(dataDir)).toBe("cleaned");

    expect(await lookAt(dataDir)).toEqual({ ...foreign, "data.db": "now" });
  });
});

async function archived(): Promise<Fixture> {
  const fixture = await makeManager({ data: { "data.db": "archived" } });
  await fixture.manager.create({ name: "a.zip" });
  await writeFile(join(fixture.dataDir, "data.db"), "now");
  return fixture;
}

async function withLinkedMount(): Promise<Fixture & { elsewhere: string }> {
  const fixture = await archived();
  const elsewhere = await temporaryDirectory();
  await writeTree(elsewhere, OF_SOMEBODY);
  await mkdir(join(fixture.dataDir, "up"));
  await writeFile(join(fixture.dataDir, "up/x"), "now");
  await symlink(elsewhere, join(fixture.dataDir, "up/.stowage"));
  return { ...fixture, elsewhere };
}
