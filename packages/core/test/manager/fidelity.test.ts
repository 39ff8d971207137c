import { execFileSync, spawnSync } from "node:child_process";
import { chmod, lchown, link, lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Disk } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type BackupManagerOptions } from "../../src/index.ts";
import { buildZip, type EntryPlan } from "../archive/build-zip.ts";
import { writeSpecials } from "../special-tree.ts";
import { makeManager } from "./manager-fixture.ts";

const isRoot = process.geteuid?.() === 0;
const OWNERS: Readonly<Record<string, readonly [number, number]>> = {
  "data.db": [1001, 1002],
  "shared/": [1001, 1003],
  "shared/file": [1004, 1003],
  link: [1001, 1002],
  "group-only": [0, 1002],
};
const MODES: Readonly<Record<string, number>> = {
  "data.db": 0o640,
  "shared/": 0o2775,
  "shared/file": 0o664,
  "group-only": 0o440,
  "script.sh": 0o755,
  "closed/": 0o700,
  "sticky/": 0o1770,
};
const TIMES: Readonly<Record<string, string>> = {
  "data.db": "1970-01-01T00:00:01Z",
  "shared/": "1969-07-20T20:17:41Z",
  "shared/file": "2001-02-03T04:05:07.123456Z",
  link: "2040-05-05T05:05:05Z",
  "group-only": "2150-01-01T00:00:01Z",
  "script.sh": "1902-01-01T00:00:01Z",
  "closed/": "2039-01-01T00:00:01Z",
};

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe("a tree that comes back", () => {
  it.runIf(isRoot && hasRsync())("differs for rsync in nothing but what a warning names", async () => {
    const { dataDir, manager } = await oddTree();
    await setModes(dataDir, { "open-to-all": 0o666, suid: 0o4755, "common/": 0o1777 });
    const copy = `${dataDir}-copy`;
    execFileSync("cp", ["-a", dataDir, copy]);
    await manager.create({ name: "a.zip" });
    await rm(join(dataDir, "shared"), { recursive: true });
    await writeFile(join(dataDir, "data.db"), "changed since");

    const { warnings, skipped, lost } = await manager.restore("a.zip");

    expect([skipped, lost]).toEqual([[], []]);
    const reasons = warnings.map(({ name, reason }) => `${name} ${reason}`).sort();
    expect(reasons).toEqual(["common/ mode", "open-to-all mode", "suid mode"]);
    expect(differences(copy, dataDir)).toEqual([".d...p..... common/", ".f...p..... open-to-all", ".f...p..... suid"]);
  });

  it("has its modes and its times to the second, whoever restores it", async () => {
    const { dataDir, manager } = await oddTree();
    await manager.create({ name: "a.zip" });
    await rm(dataDir, { recursive: true });

    await manager.restore("a.zip");

    for (const [name, mode] of Object.entries(MODES)) {
      expect([name, ((await lstat(join(dataDir, name))).mode & 0o7777).toString(8)]).toEqual([name, mode.toString(8)]);
    }
    for (const [name, time] of Object.entries(TIMES)) {
      const { mtimeNs } = await lstat(join(dataDir, name), { bigint: true });
      expect([name, mtimeNs / 10n ** 9n]).toEqual([name, BigInt(Math.floor(Date.parse(time) / 1000))]);
    }
  });
});

it("a file with several names is a copy for each, and one warning", async () => {
  const { dataDir, manager } = await makeManager({ data: { "data.db": "x", "a/one": "same", single: "x" } });
  for (const name of ["a/three", "two"]) await link(join(dataDir, "a/one"), join(dataDir, name));
  await link(join(dataDir, "single"), `${dataDir}-elsewhere`);

  expect((await manager.create({ name: "a.zip" })).warnings).toEqual([{ name: "two", reason: "hard-link" }]);
  await manager.restore("a.zip");

  expect(await lstat(join(dataDir, "two"))).toMatchObject({ nlink: 1, size: 4 });
});

describe.runIf(isRoot)("owners, as root", () => {
  it("are those of what is replaced, before those of the archive", async () => {
    const { dataDir, manager } = await oddTree();
    await manager.create({ name: "a.zip" });
    await setOwners(dataDir, { "data.db": [7, 8], "script.sh": [9, 9] });
    await rm(join(dataDir, "shared"), { recursive: true });

    await manager.restore("a.zip");

    expect(await ownersOf(dataDir)).toEqual({ ...OWNERS, "data.db": [7, 8] });
    expect(await ownerOf(dataDir, "script.sh")).toEqual([9, 9]);
  });

  it("of what the archive does not name are those of the data directory", async () => {
    const { dataDir, manager } = await oddTree();
    await manager.create({ name: "a.zip" });
    await rm(dataDir, { recursive: true });
    await mkdir(dataDir);
    await lchown(dataDir, 1500, 1501);

    await manager.restore("a.zip");

    expect(await ownersOf(dataDir)).toEqual(OWNERS);
    expect(await ownerOf(dataDir, "script.sh")).toEqual([1500, 1501]);
  });

  it("are not taken from an archive of another program, but from the directory around", async () => {
    const { dataDir, manager, filesystem } = await makeManager({ data: { "data.db": "x", "up/old": "x" } });
    await setOwners(dataDir, { "up/": [1001, 1002] });
    const extra = Buffer.from("75780b000104e803000004e8030000", "hex");
    const plans: EntryPlan[] = ["data.db", "up/new", "up/deep/new"].map((name) => ({ name, content: "x", extra }));
    await filesystem.write("a.zip", buildZip(plans));

    await manager.restore("a.zip");

    const owners = await Promise.all(
      ["data.db", "up/new", "up/deep", "up/deep/new"].map((name) => ownerOf(dataDir, name)),
    );
    expect(owners).toEqual([
      [0, 0],
      [1001, 1002],
      [1001, 1002],
      [1001, 1002],
    ]);
  });

  it("are not asked of what lies behind a link", async () => {
    const { dataDir, manager, filesystem } = await makeManager({ data: { "data.db": "x" } });
    const elsewhere = await temporaryDirectory();
    await writeFile(join(elsewhere, "f"), "x");
    await setOwners(elsewhere, { f: [1001, 1002] });
    await writeSpecials(dataDir, { up: `-> ${elsewhere}` });
    await filesystem.write("a.zip", buildZip([{ name: "data.db" }, { name: "up/f", content: "x" }]));

    await manager.restore("a.zip");

    expect(await ownerOf(dataDir, "up/f")).toEqual([0, 0]);
  });

  it("are asked of our own archives alone without root, who may only give to groups of his own", async () => {
    const { dataDir, manager } = await oddTree();
    await manager.create({ name: "a.zip" });
    const [uid, gid] = [vi.spyOn(process, "geteuid"), vi.spyOn(process, "getgroups")];
    uid.mockReturnValue(1001);
    gid.mockReturnValue([1002]);

    await manager.restore("a.zip");

    expect(await ownersOf(dataDir)).toEqual(OWNERS);
    expect(await ownerOf(dataDir, "script.sh")).toEqual([1001, 0]);
  });

  it("stay those of the process by option", async () => {
    const { dataDir, manager } = await oddTree({ owners: "none" });
    await manager.create({ name: "a.zip" });

    await manager.restore("a.zip");

    expect(await ownerOf(dataDir, "data.db")).toEqual([0, 0]);
  });
});

describe("a file system that keeps no modes, times, owners or links", () => {
  it.each(["EPERM", "ENOTSUP", "EINVAL", "ENOSYS"])(
    "gets the content all the same, with a warning each: %s",
    async (code) => {
      const { dataDir, filesystem, manager } = await oddTree();
      await manager.create({ name: "a.zip" });
      await setOwners(dataDir, isRoot ? { "data.db": [5, 5] } : {});
      const refusing = new BackupManager({ dataDir, filesystem, disk: refusingDisk(code), workers: 0 });

      const { warnings, lost } = await refusing.restore("a.zip");

      const kinds = ["link-refused", "mode-refused", ...(isRoot ? ["owner-refused"] : []), "time-refused"];
      expect(warnings.map(({ reason }) => reason).sort()).toEqual(kinds);
      expect(lost).toEqual([{ name: "link", reason: "symlink" }]);
      expect(await lstat(join(dataDir, "shared/file"))).toMatchObject({ size: "shared/file".length });
    },
  );

  it("is told of by an extract too, of what was selected", async () => {
    const { dataDir, filesystem, manager } = await oddTree();
    await setModes(dataDir, { suid: 0o4755, "open-to-all": 0o666 });
    await manager.create({ name: "a.zip" });
    const refusing = new BackupManager({ dataDir, filesystem, disk: refusingDisk("EPERM"), workers: 0 });

    const whole = await refusing.extract("a.zip", { to: join(dataDir, "../whole") });
    const some = await refusing.extract("a.zip", { to: join(dataDir, "../some"), select: ["suid"] });

    const kinds = ["link-refused", "mode", "mode", "mode-refused", "time-refused"];
    expect(whole.warnings.map(({ reason }) => reason).sort()).toEqual(kinds);
    expect(some.warnings).toEqual([
      { name: "suid", reason: "mode-refused" },
      { name: "suid", reason: "time-refused" },
      { name: "suid", reason: "mode" },
    ]);
    expect(await readFile(join(dataDir, "../whole/suid"), "utf8")).toBe("suid");
  });

  it("fails a restore if it says anything else", async () => {
    const { dataDir, filesystem, manager } = await oddTree();
    await manager.create({ name: "a.zip" });
    const failing = new BackupManager({ dataDir, filesystem, disk: refusingDisk("EIO"), workers: 0 });

    await expect(failing.restore("a.zip")).rejects.toThrow("EIO");
  });
});

async function oddTree(options: Partial<BackupManagerOptions> = {}) {
  const names = [...Object.keys(MODES), "suid", "open-to-all", "common/", "not owned", "größe 😀/größe"];
  const data = Object.fromEntries(names.map((name) => [name, name.endsWith("/") ? "" : name]));
  const fixture = await makeManager({ ...options, data });
  await writeSpecials(fixture.dataDir, { link: "-> shared/file" });
  if (isRoot) await setOwners(fixture.dataDir, OWNERS);
  await setModes(fixture.dataDir, MODES);
  for (const [name, time] of Object.entries(TIMES).reverse()) {
    execFileSync("touch", ["-h", "-d", time, join(fixture.dataDir, name)]);
  }
  return fixture;
}

async function setModes(directory: string, modes: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, mode] of Object.entries(modes)) await chmod(join(directory, name), mode);
}

async function setOwners(
  directory: string,
  owners: Readonly<Record<string, readonly [number, number]>>,
): Promise<void> {
  for (const [name, [uid, gid]] of Object.entries(owners))
    await lchown(join(directory, name.replace(/\/$/, "")), uid, gid);
}

async function ownersOf(directory: string) {
  const owners = Object.keys(OWNERS).map(async (name) => [name, await ownerOf(directory, name)] as const);
  return Object.fromEntries(await Promise.all(owners));
}

async function ownerOf(directory: string, name: string): Promise<[number, number]> {
  const { uid, gid } = await lstat(join(directory, name.replace(/\/$/, "")));
  return [uid, gid];
}

function hasRsync(): boolean {
  return spawnSync("rsync", ["--version"]).status === 0;
}

/** What rsync would change in a tree to make it the other one: all but the folder of restores. */
function differences(from: string, to: string): string[] {
  const options = ["-aHAXni", "--delete", "--exclude=/.stowage", `${from}/`, `${to}/`];
  const lines = execFileSync("rsync", options, { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line !== "" && !line.endsWith(" ./")).sort();
}

function refusingDisk(code: string): Disk {
  const refuse = async (path: string) => {
    throw Object.assign(new Error(`${code}: ${path}`), { code });
  };
  return {
    ...nodeDisk,
    createFile: async (path, options) => {
      const file = await nodeDisk.createFile(path, options);
      if (dirname(path).endsWith(".stowage")) return file;
      const refused = () => refuse(path);
      return new Proxy(file, {
        get: (target, name) => {
          if (name === "setMode" || name === "setModifiedAt" || name === "setOwner") return refused;
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === "function" ? member.bind(target) : member;
        },
      });
    },
    ...{ setMode: refuse, setModifiedAt: refuse, setOwner: refuse, makeLink: refuse },
  };
}
