import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DiskFile } from "../../src/disk/disk.ts";
import { nodeDiskOn } from "../../src/disk/node-disk.ts";
import { MACOS, WINDOWS } from "../../src/disk/platform.ts";
import { buildZip } from "../archive/build-zip.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

/** Without threads, which use the disk as that of the system that this runs on. */
const disk = { ...nodeDiskOn(WINDOWS), threads: undefined };

describe("an archive with a name that Windows does not have", () => {
  it.each([
    ["as:tream", "name-stream"],
    ["deep/NUL.txt", "name-device"],
    ["deep./file", "name-trailing-dot-or-blank"],
    ["what?", "name-forbidden-character"],
  ])("such as %j is refused by name and reason before anything is written", async (name, reason) => {
    const { manager, dataDir, filesystem } = await makeManager({ disk, data: { old: "old" } });
    await filesystem.write("a.zip", [buildZip([{ name: "fine" }, { name }])]);
    const to = join(dataDir, "../out");

    for (const call of [
      () => manager.restore("a.zip"),
      () => manager.extract("a.zip", { to }),
      () => manager.verify("a.zip"),
    ]) {
      const refusal = await call().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: "INVALID_ARCHIVE", reason });
      expect(String(refusal)).toContain(JSON.stringify(name));
    }
    expect(await readTree(dataDir)).toEqual({ old: "old" });
    expect(existsSync(to)).toBe(false);
  });

  it("is restored where the name is excluded, and on macOS", async () => {
    const excluding = await makeManager({ disk, data: { fine: "old" }, exclude: ["a*"] });
    const other = await makeManager({ disk: nodeDiskOn(MACOS), data: { fine: "old" } });
    for (const { manager, filesystem } of [excluding, other]) {
      await filesystem.write("a.zip", [buildZip([{ name: "fine", content: "new" }, { name: "ab:c" }])]);
      await manager.restore("a.zip");
    }

    expect(await readTree(excluding.dataDir)).toEqual({ fine: "new" });
    expect(await readTree(other.dataDir)).toEqual({ fine: "new", "ab:c": "" });
  });
});

it("what create meets of such names is skipped by its reason, and stays in place at a restore", async () => {
  const data = { fine: "1", "ab:c": "2", "CON/x": "3", "dot.": "4" };
  const { manager, dataDir } = await makeManager({ disk, data });

  const { key, warnings } = await manager.create();
  await writeTree(dataDir, { fine: "changed" });
  await manager.restore(key);

  expect(warnings).toEqual([
    { name: "CON", reason: "name-device" },
    { name: "ab:c", reason: "name-stream" },
    { name: "dot.", reason: "name-trailing-dot-or-blank" },
  ]);
  expect(await readTree(dataDir)).toEqual(data);
});

it("a backslash parts names in exclude, select and requiredFiles", async () => {
  const { manager, dataDir } = await makeManager({
    disk,
    data: { "logs/app/a.log": "1", "logs/keep": "2", "db/app.db": "3" },
    exclude: ["logs\\app\\*.log"],
    requiredFiles: ["db\\app.db"],
  });
  const to = join(dataDir, "../out");

  const { key } = await manager.create();
  await manager.extract(key, { to, select: ["db\\app.db"] });

  expect((await manager.entries(key)).map(({ name }) => name)).not.toContain("logs/app/a.log");
  expect(await readTree(to)).toEqual({ "db/app.db": "3" });
});

it("a backslash parts the names of databases", async () => {
  const copy = Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(496)]);
  const { manager, dataDir } = await makeManager({
    disk,
    data: { "db/app.db": "live" },
    databases: { "db\\app.db": { backup: (path) => writeFile(path, copy) } },
    checkDatabases: "off",
  });
  const to = join(dataDir, "../out");

  const { key } = await manager.create();
  await manager.extract(key, { to });

  expect(await readFile(join(to, "db/app.db"))).toEqual(copy);
});

it("modes of an archive from Windows are those of any file and directory", async () => {
  const { manager, dataDir, filesystem } = await makeManager({ disk, data: { "d/file": "1" } });
  await chmod(join(dataDir, "d/file"), 0o600);
  await chmod(join(dataDir, "d"), 0o700);
  const { key } = await manager.create();

  const elsewhere = await makeManager({ data: {} });
  await elsewhere.filesystem.write(key, (await filesystem.read(key)).content);
  await elsewhere.manager.restore(key);

  const { mode } = await nodeDiskOn(MACOS).lstat(join(elsewhere.dataDir, "d"));
  expect(mode & 0o777).toBe(0o755);
  expect((await nodeDiskOn(MACOS).lstat(join(elsewhere.dataDir, "d/file"))).mode & 0o777).toBe(0o644);
});

it("a restore of the directory that the process works in is refused before the swap", async () => {
  const { manager, dataDir } = await makeManager({ disk, data: { "d/file": "1", other: "2" }, exclude: ["kept"] });
  const { key } = await manager.create();
  await mkdir(join(dataDir, "kept"));
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));

  process.chdir(join(dataDir, "d"));
  await expect(manager.restore(key)).rejects.toMatchObject({ code: "SWAP_FAILED" });
  expect(existsSync(join(dataDir, ".stowage"))).toBe(false);
  for (const place of [dataDir, join(dataDir, "kept")]) {
    process.chdir(place);
    await manager.restore(key);
  }
});

it("an upload leaves nothing where a file stays, in its folder, until it is closed", async () => {
  const removed: string[] = [];
  const { manager, dataDir, filesystem } = await makeManager({
    data: { old: "1" },
    disk: {
      ...disk,
      removeFile: async (path) => void removed.push(String(path)),
      openFile: async (path) => {
        const file = await disk.openFile(path);
        const close = async () => {
          await file.close();
          if (removed.includes(path)) await disk.removeFile(path);
        };
        return closedBy(file, close);
      },
    },
  });

  await manager.upload("a.zip", [buildZip([{ name: "new" }])]);

  expect(await keysOf(filesystem)).toEqual(["a.zip"]);
  expect(removed).toHaveLength(1);
  expect(await readTree(dataDir)).toEqual({ old: "1" });
});

it("on macOS a path that a restore could not write is named by create, or skipped", async () => {
  const name = Array.from({ length: 5 }, () => "d".repeat(190)).join("/");
  const options = { data: { [name]: "1", short: "2" } };
  const [linux, macos, skipping] = [
    await makeManager(options),
    await makeManager({ ...options, disk: nodeDiskOn(MACOS) }),
    await makeManager({ ...options, disk: nodeDiskOn(MACOS), onUnreadable: "skip" as const }),
  ];

  expect((await linux.manager.create()).warnings).toEqual([]);
  await expect(macos.manager.create()).rejects.toThrow("path-too-long");
  expect((await skipping.manager.create()).warnings).toEqual([{ name, reason: "path-too-long" }]);
});

it("on macOS names keep the form in which they lie on the disk, and .DS_Store is a file as any other", async () => {
  const data = { "cafe\u0301/x": "1", ".DS_Store": "2" };
  const { manager, dataDir } = await makeManager({ disk: { ...nodeDiskOn(MACOS), threads: undefined }, data });

  const { key } = await manager.create();
  await writeTree(dataDir, { "cafe\u0301/x": "changed" });
  await manager.restore(key);

  expect(await readTree(dataDir)).toEqual(data);
});

function closedBy(file: DiskFile, close: () => Promise<void>): DiskFile {
  return new Proxy(file, {
    get: (target, name) => {
      if (name === "close") return close;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
