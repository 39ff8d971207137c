import { chmod, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { LocalDriver } from "@stowage/local";
import { MemoryDriver } from "@stowage/memory";
import { readTree, type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { BackupManager, Filesystem, mirrored, prefixed } from "../../src/index.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

const excluded = (name: string) => ({ name, reason: "excluded" });

describe("a folder backups at the top while the storage is elsewhere", () => {
  it.each<[string, Tree]>([
    ["zips", { "backups/a.zip": "x", "backups/b.zip": "y" }],
    [
      "zips and what a storage puts beside them",
      {
        "backups/a.zip": "x",
        "backups/a.zip.attrs": "",
        "backups/.stowage-lock.1": "",
        "backups/app..stowage-lock.1": "",
      },
    ],
  ])("is left out with a warning, and left alone, if it holds nothing but %s", async (_, backups) => {
    const { manager, dataDir } = await makeManager({ data: { d: "1", ...backups } });

    const { key, warnings } = await manager.create();
    await writeTree(dataDir, { d: "2", e: "3" });
    await manager.restore(key);

    expect(warnings).toEqual([excluded("backups")]);
    expect(await namesIn(manager, key)).toEqual(["d"]);
    expect(await readTree(dataDir)).toEqual({ d: "1", ...backups });
  });

  it.each<[string, Tree]>([
    ["nothing", { "backups/": "" }],
    ["a file that is no zip", { "backups/a.zip": "x", "backups/note.txt": "y" }],
    ["attributes of nothing", { "backups/a.zip": "x", "backups/b.attrs": "y" }],
    ["a directory called as a zip", { "backups/a.zip/b": "x" }],
    ["a lock alone", { "backups/.stowage-lock.1": "" }],
  ])("is data if it holds %s", async (_, backups) => {
    const { manager, dataDir } = await makeManager({ data: { d: "1", ...backups } });

    const { key, warnings } = await manager.create();
    await writeTree(dataDir, { "backups/later.txt": "z" });
    await manager.restore(key);

    expect(warnings).toEqual([]);
    expect(await readTree(dataDir)).toEqual({ d: "1", ...backups });
  });

  it("is left alone by a restore of an archive that holds nothing of it", async () => {
    const { manager, dataDir } = await makeManager({ data: { d: "1" } });
    const { key } = await manager.create();
    await writeTree(dataDir, { "backups/note.txt": "not in the archive", other: "x" });

    await manager.restore(key);

    expect(await readTree(dataDir)).toEqual({ d: "1", "backups/note.txt": "not in the archive" });
  });
});

it("caches of other programs are data, unless a glob says otherwise", async () => {
  const caches = { ".notify/a": "1", ".autocert_cache/b": "2", ".pb_temp_to_delete/c": "3" };
  const { manager, dataDir, filesystem } = await makeManager({ data: { d: "1", ...caches } });
  const exclude = [".notify", ".autocert_cache", ".pb_temp_to_delete"];

  const all = await manager.create();
  const some = await new BackupManager({ dataDir, filesystem, exclude }).create();

  expect(all).toMatchObject({ entries: 7, warnings: [] });
  expect(some).toMatchObject({ entries: 1, warnings: [] });
});

it.each<[string, Tree, string[]]>([
  ["an empty lost+found", { "lost+found/": "" }, []],
  ["a lost+found that holds something", { "lost+found/#12": "x" }, ["lost+found"]],
  ["what a restore set aside", { ".stowage/lost/id/a": "x" }, [".stowage"]],
  ["somebody's file in .stowage", { ".stowage/mine.txt": "x" }, [".stowage"]],
])("%s is left out and stays, with a warning where it may be data", async (_, data, names) => {
  const { manager } = await makeManager({ data: { d: "1", ...data } });

  const { key, warnings } = await manager.create();

  expect(warnings).toEqual(names.map(excluded));
  expect(await namesIn(manager, key)).toEqual(["d"]);
});

it("what a glob excludes is left out without a word", async () => {
  const data = { d: "1", "lost+found/a": "x", "backups/a.zip": "y", ".stowage/lost/b": "z" };
  const { manager } = await makeManager({ data, exclude: ["lost+found", "backups", ".stowage"] });

  expect((await manager.create()).warnings).toEqual([]);
});

it.runIf(process.getuid?.() !== 0)("a lost+found that may not be read is left out with a warning", async () => {
  const { manager, dataDir } = await makeManager({ data: { d: "1", "lost+found/": "" } });
  await chmod(join(dataDir, "lost+found"), 0);

  expect((await manager.create()).warnings).toEqual([excluded("lost+found")]);
});

describe("a storage that is reached through the data directory", () => {
  it.each<[string, string, (dataDir: string, nas: string) => Promise<void>]>([
    ["a link", "bk", (dataDir, nas) => symlink(nas, join(dataDir, "bk"))],
    [
      "a link further down",
      "a/bk",
      async (dataDir, nas) => {
        await mkdir(join(dataDir, "a"));
        await symlink(nas, join(dataDir, "a/bk"));
      },
    ],
    ["a link in the middle of its path", "nas/sub/store", (dataDir, nas) => symlink(nas, join(dataDir, "nas"))],
    [
      "a chain of links",
      "bk",
      async (dataDir, nas) => {
        await symlink("second", join(dataDir, "bk"));
        await symlink("./third", join(dataDir, "second"));
        await symlink(nas, join(dataDir, "third"));
      },
    ],
    [
      "a link to another folder in it",
      "bk",
      async (dataDir) => {
        await mkdir(join(dataDir, "x/store"), { recursive: true });
        await symlink("x/../x/store", join(dataDir, "bk"));
      },
    ],
  ])("by %s keeps its way: restores leave it alone, and the next create works", async (_, place, link) => {
    const { dataDir } = await makeManager({ data: { d: "1" } });
    await link(dataDir, await temporaryDirectory());
    const filesystem = new Filesystem(new LocalDriver({ directory: join(dataDir, place) }));
    const manager = new BackupManager({ dataDir, filesystem });

    const first = await manager.create({ name: "one.zip" });
    await writeTree(dataDir, { d: "2" });
    await manager.restore("one.zip");
    const second = await manager.create({ name: "two.zip" });

    expect([...first.warnings, ...second.warnings]).toEqual([]);
    expect(await keysOf(filesystem)).toEqual(["one.zip", "two.zip"]);
    expect(await keysOf(new Filesystem(new LocalDriver({ directory: join(dataDir, place) })))).toHaveLength(2);
    expect((await namesIn(manager, "two.zip")).filter((name) => !name.endsWith("/"))).toEqual(["d"]);
    expect(await readFile(join(dataDir, "d"), "utf8")).toBe("1");
  });

  it("in one of several places keeps all of them, however deep they are nested", async () => {
    const { dataDir } = await makeManager({ data: { d: "1" } });
    const at = (directory: string) => new Filesystem(new LocalDriver({ directory }));
    const inner = mirrored([new Filesystem(new MemoryDriver()), at(join(dataDir, "x")), at(join(dataDir, "y/z"))]);
    const filesystem = prefixed(mirrored([at(await temporaryDirectory()), prefixed(inner, "p.")]), "q.");
    const manager = new BackupManager({ dataDir, filesystem });

    await manager.create({ name: "one.zip" });
    await writeTree(dataDir, { d: "2", e: "3" });
    await manager.restore("one.zip");
    const { warnings } = await manager.create({ name: "two.zip" });

    expect(warnings).toEqual([]);
    expect(filesystem.directories).toHaveLength(3);
    expect(Object.keys(await readTree(dataDir)).filter((name) => !name.includes(".stowage-"))).toEqual([
      "d",
      "x/p.q.one.zip",
      "x/p.q.two.zip",
      "y/z/p.q.one.zip",
      "y/z/p.q.two.zip",
    ]);
    expect((await namesIn(manager, "two.zip")).filter((name) => !name.endsWith("/"))).toEqual(["d"]);
  });

  it("is refused where it is the data directory itself, through a link or in one of several places", async () => {
    const { dataDir } = await makeManager({ data: { d: "1" } });
    await symlink(dataDir, `${dataDir}-link`);
    const self = new Filesystem(new LocalDriver({ directory: `${dataDir}-link` }));
    const manager = new BackupManager({ dataDir, filesystem: mirrored([new Filesystem(new MemoryDriver()), self]) });

    await expect(manager.create()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

async function namesIn(manager: BackupManager, key: string): Promise<string[]> {
  return (await manager.entries(key)).map(({ name }) => name);
}
