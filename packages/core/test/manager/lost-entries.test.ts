import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, recover } from "../../src/index.ts";
import { withMounts } from "../disk/mount-table.ts";
import { lookAt, type Specials, writeForeign, writeSpecials } from "../special-tree.ts";
import { type Fixture, makeManager } from "./manager-fixture.ts";

const SPECIALS: Specials = { "a/b/pipe": "fifo", link: "-> a", "sockets/app.sock": "socket", was: "-> data.db" };

let warnings: string;

beforeEach(() => {
  warnings = "";
  vi.spyOn(process, "emitWarning").mockImplementation((warning) => {
    warnings += String(warning);
  });
});
afterEach(() => void vi.restoreAllMocks());

describe("links and special files that no archive holds", () => {
  it("are moved to lost by a restore, which reports them and warns", async () => {
    const { manager, dataDir } = await archived();

    const { lost, lostIn } = await manager.restore("a.zip");

    expect(lost).toEqual([
      { name: "a/b/pipe", reason: "fifo" },
      { name: "link", reason: "symlink" },
      { name: "sockets/app.sock", reason: "socket" },
      { name: "was", reason: "symlink" },
    ]);
    expect(lostIn).toEqual([await onlyLostIn(dataDir)]);
    expect(await lookAt(lostIn[0] ?? "")).toEqual(SPECIALS);
    expect(warnings).toContain(`"a/b/pipe" (fifo)`);
    expect(warnings).toContain(join(dataDir, ".stowage/lost"));
    expect(await recover(dataDir)).toBe("none");
  });

  it("are moved to lost also where the archive has an entry of the same name", async () => {
    const { manager, dataDir } = await archived();

    const { lost } = await manager.restore("a.zip");

    expect(lost).toContainEqual({ name: "was", reason: "symlink" });
    expect(await lookAt(dataDir)).toMatchObject({ "data.db": "archived", was: "archived" });
    expect(await lookAt(await onlyLostIn(dataDir))).toMatchObject({ was: "-> data.db" });
  });

  it("stay in the previous data until it is confirmed, or come back with it", async () => {
    const { manager, dataDir } = await archived();
    const before = await lookAt(dataDir);

    expect(await manager.restore("a.zip", { keepPrevious: true })).toMatchObject({ lost: [], lostIn: [] });
    await manager.rollback();
    expect(await lookAt(dataDir)).toEqual(before);

    await manager.restore("a.zip", { keepPrevious: true });
    await manager.confirm();
    expect(await lookAt(await onlyLostIn(dataDir))).toMatchObject({ link: "-> a", "a/b/pipe": "fifo" });
  });

  it("that came since are moved to lost by a rollback", async () => {
    const { manager, dataDir } = await archived();
    await manager.restore("a.zip", { keepPrevious: true });
    await writeSpecials(dataDir, { "run/new.sock": "socket" });

    await manager.rollback();

    expect(await lookAt(await onlyLostIn(dataDir))).toEqual({ "run/new.sock": "socket" });
  });

  it("of a mount go to lost on that mount", async () => {
    const { dataDir, filesystem } = await archived();
    await writeTree(dataDir, { "up/file": "x" });
    await writeSpecials(dataDir, { "up/deep/link": "-> /nowhere" });
    const disk = withMounts(nodeDisk, [join(dataDir, "up")]);
    const manager = new BackupManager({ dataDir, filesystem, disk, mounts: "roots" });

    const { lostIn } = await manager.restore("a.zip");

    expect(lostIn).toHaveLength(2);
    expect(await lookAt(await onlyLostIn(join(dataDir, "up")))).toEqual({ "up/deep/link": "-> /nowhere" });
  });

  it("do not hide each other, nor what appeared during the swap", async () => {
    const { dataDir, filesystem } = await archived();
    const rename = async (from: string | Buffer, to: string | Buffer) => {
      await nodeDisk.rename(from, to);
      if (/swap\.json$/.test(String(to)))
        await writeFile(join(dataDir, "sockets.new"), "intruder").then(() => writeTree(dataDir, { "b/c": "intruder" }));
      if (/old\/a$/.test(String(to))) await writeFile(join(dataDir, "a"), "an intruder where a link's directory was");
    };
    const manager = new BackupManager({ dataDir, filesystem, disk: { ...nodeDisk, rename } });

    const { lostIn } = await manager.restore("a.zip");

    const all = await lookAt(join(dataDir, ".stowage/lost"));
    expect(Object.values(all).sort()).toEqual([
      "-> a",
      "-> data.db",
      "an intruder where a link's directory was",
      "fifo",
      "intruder",
      "intruder",
      "socket",
    ]);
    expect(lostIn).toHaveLength(2);
  });

  it("are not moved behind a link that lies where lost should be", async () => {
    const { manager, dataDir } = await archived();
    const elsewhere = await temporaryDirectory();
    await writeTree(dataDir, { ".stowage/": "" });
    await symlink(elsewhere, join(dataDir, ".stowage/lost"));

    expect((await manager.restore("a.zip")).lost).toEqual([]);

    await expect(recover(dataDir)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(Object.values(await lookAt(join(dataDir, ".stowage")))).toEqual(
      expect.arrayContaining(["-> a", "fifo", "socket"]),
    );
  });
});

describe("names that are not UTF-8", () => {
  it("stay in place, at the top and below, and are reported", async () => {
    const { manager, dataDir } = await archived();
    await writeTree(dataDir, { "deep/down/gone": "x" });
    const name = writeForeign(dataDir, "at the top");
    writeForeign(join(dataDir, "deep/down"), "below");

    const { skipped, lost } = await manager.restore("a.zip");

    expect(await lookAt(dataDir)).toMatchObject({
      "b\xe9": "at the top",
      "deep/down/b\xe9": "below",
      "data.db": "archived",
    });
    expect(Object.keys(await lookAt(dataDir))).not.toContain("deep/down/gone");
    expect(skipped).toEqual([
      { name: "b\ufffd", reason: "name-encoding", nameBase64: name.toString("base64") },
      expect.objectContaining({ name: "deep/down/b\ufffd", reason: "name-encoding" }),
    ]);
    expect(lost).toHaveLength(4);
  });

  it("are moved to lost where the archive has a file in the place of their directory", async () => {
    const { manager, dataDir } = await archived();
    await nodeDisk.removeFile(join(dataDir, "was"));
    await writeTree(dataDir, { "was/deep/file": "x" });
    writeForeign(join(dataDir, "was/deep"), "below");
    const before = await lookAt(dataDir);

    await manager.restore("a.zip", { keepPrevious: true });
    await manager.rollback();
    expect(await lookAt(dataDir)).toEqual(before);
    const { skipped, lost } = await manager.restore("a.zip");

    expect(skipped).toEqual([]);
    expect(lost).toContainEqual(expect.objectContaining({ name: "was/deep/b\ufffd", reason: "name-encoding" }));
    expect(await lookAt(dataDir)).toMatchObject({ was: "archived" });
    expect(await lookAt(await onlyLostIn(dataDir))).toMatchObject({ "was/deep/b\xe9": "below" });
  });

  it("are moved to lost by a rollback that brings back a link in the place of their directory", async () => {
    const { manager, dataDir } = await archived();
    const elsewhere = await temporaryDirectory();
    await writeTree(elsewhere, { "deep/": "" });
    await symlink(elsewhere, join(dataDir, "there"));
    await manager.restore("a.zip", { keepPrevious: true });
    await writeTree(dataDir, { "there/deep/file": "x" });
    writeForeign(join(dataDir, "there/deep"), "below");

    await manager.rollback();

    expect(await lookAt(dataDir)).toMatchObject({ there: `-> ${elsewhere}` });
    expect(await lookAt(await onlyLostIn(dataDir))).toEqual({ "there/deep/b\xe9": "below" });
    expect(await readdir(join(elsewhere, "deep"))).toEqual([]);
  });

  it("stay through keepPrevious and a rollback", async () => {
    const { manager, dataDir } = await archived();
    writeForeign(join(dataDir, "a"), "below");
    const before = await lookAt(dataDir);

    await manager.restore("a.zip", { keepPrevious: true });
    expect(await lookAt(dataDir)).toMatchObject({ "a/b\xe9": "below" });
    await manager.rollback();

    expect(await lookAt(dataDir)).toEqual(before);
  });

  it("that come while the data moves are moved to lost, not deleted", async () => {
    const { dataDir, filesystem } = await archived();
    const rename = async (from: string | Buffer, to: string | Buffer) => {
      if (/old\/a$/.test(String(to))) writeForeign(join(dataDir, "a"), "late");
      await nodeDisk.rename(from, to);
    };
    const manager = new BackupManager({ dataDir, filesystem, disk: { ...nodeDisk, rename } });

    const { lost } = await manager.restore("a.zip");

    expect(lost).toContainEqual(expect.objectContaining({ name: "a/b\ufffd", reason: "name-encoding" }));
    expect(await lookAt(await onlyLostIn(dataDir))).toMatchObject({ "a/b\xe9": "late" });
  });
});

describe("names that no archive can hold", () => {
  const UNSAFE = {
    "a/back\\slash": "only copy",
    "a/new\nline/in/it": "only copy, too",
    "back\\slash/": "",
    "C:x": "drive",
  };

  it("are moved to lost by a restore, directories with all that is in them, and are reported", async () => {
    const { manager, dataDir } = await archived();
    await writeTree(dataDir, UNSAFE);

    const { lost } = await manager.restore("a.zip");

    expect(lost.filter(({ reason }) => reason.startsWith("name-"))).toEqual([
      { name: "C:x", reason: "name-drive" },
      { name: "a/back\\slash", reason: "name-backslash" },
      { name: "a/new\nline", reason: "name-control-character" },
      { name: "back\\slash", reason: "name-backslash" },
    ]);
    expect(await lookAt(await onlyLostIn(dataDir))).toMatchObject(UNSAFE);
    expect(warnings).toContain("(name-drive)");
    expect(await recover(dataDir)).toBe("none");
  });

  it("stay where they are if the archive says that it left them out", async () => {
    const { dataDir, filesystem } = await archived();
    await writeTree(dataDir, UNSAFE);
    const manager = new BackupManager({ dataDir, filesystem, onUnreadable: "skip" });
    await manager.create({ name: "b.zip" });
    await writeTree(dataDir, { "late\\comer": "x" });

    const { lost } = await manager.restore("b.zip");

    expect(lost).toEqual([{ name: "late\\comer", reason: "name-backslash" }]);
    expect(await lookAt(dataDir)).toMatchObject(UNSAFE);
  });

  it("are kept with the previous data, come back by a rollback and go to lost by confirm", async () => {
    const { manager, dataDir } = await archived();
    await writeTree(dataDir, UNSAFE);
    const before = await lookAt(dataDir);

    await manager.restore("a.zip", { keepPrevious: true });
    await manager.rollback();
    expect(await lookAt(dataDir)).toEqual(before);

    await manager.restore("a.zip", { keepPrevious: true });
    await manager.confirm();
    expect(await lookAt(await onlyLostIn(dataDir))).toMatchObject(UNSAFE);
  });
});

/** A backup that holds "data.db" and "was" as files, and data with links and special files. */
async function archived(): Promise<Fixture> {
  const fixture = await makeManager({ data: { "data.db": "archived", was: "archived" } });
  await fixture.manager.create({ name: "a.zip" });
  await nodeDisk.removeFile(join(fixture.dataDir, "was"));
  await writeTree(fixture.dataDir, { "data.db": "now", "a/file": "now" });
  await writeSpecials(fixture.dataDir, SPECIALS);
  return fixture;
}

async function onlyLostIn(volume: string): Promise<string> {
  const folders = await readdir(join(volume, ".stowage/lost"));
  expect(folders).toHaveLength(1);
  return join(volume, ".stowage/lost", folders[0] ?? "");
}
