import { execFileSync } from "node:child_process";
import { lstat, mkdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localFilesystem } from "@stowage/local";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BackupManager, type BackupManagerOptions, type Filesystem } from "../../src/index.ts";
import { buildZip, type EntryPlan } from "../archive/build-zip.ts";
import { lookAt, type Specials, writeSpecials } from "../special-tree.ts";
import { makeManager } from "./manager-fixture.ts";

const INSIDE: Specials = {
  current: "-> releases/2",
  dangling: "-> not/there",
  "deep/down/up": "-> ../../data.db",
  "deep/root": "-> ..",
  chain: "-> current/",
  around: "-> deep/root/chain",
  loop: "-> loop",
  "odd - name": "-> ./releases//2/.",
};
const OUTSIDE: Specials = {
  absolute: "-> /etc/passwd",
  above: "-> ../elsewhere",
  "deep/above": "-> ../../elsewhere",
  "by-chain": "-> above/x",
  "by-root": "-> deep/root/../elsewhere",
};
const FILES = { "data.db": "a database", "releases/2/app": "second" };

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe("links of a backup", () => {
  it("come back as they were, with their times, and nothing is lost where they stand already", async () => {
    const { manager, dataDir } = await linked({ ...INSIDE, ...OUTSIDE });
    execFileSync("touch", ["-h", "-d", "2001-02-03T04:05:06Z", join(dataDir, "current")]);
    const before = await lookAt(dataDir);
    const created = await manager.create({ name: "a.zip" });
    expect(created.warnings).toEqual([]);
    expect(await manager.verify("a.zip")).toMatchObject({ entries: created.entries, skipped: [] });
    await writeFile(join(dataDir, "data.db"), "changed");

    const report = await manager.restore("a.zip");

    expect(report).toMatchObject({ entries: created.entries, skipped: [], lost: [] });
    expect(await lookAt(dataDir)).toEqual(before);
    expect((await lstat(join(dataDir, "current"))).mtime).toEqual(new Date("2001-02-03T04:05:06Z"));
  });

  it("that lead outside come back only where they stand; the others are reported", async () => {
    const { manager, dataDir } = await linked({ ...INSIDE, ...OUTSIDE });
    await manager.create({ name: "a.zip" });
    await rm(dataDir, { recursive: true });
    await mkdir(dataDir);
    await writeSpecials(dataDir, { above: "-> ../another", absolute: "-> /etc/passwd" });

    const { skipped, lost } = await manager.restore("a.zip");

    expect(await lookAt(dataDir)).toMatchObject({ ...INSIDE, above: "-> ../another", absolute: "-> /etc/passwd" });
    const names = Object.keys(OUTSIDE).filter((name) => name !== "absolute");
    expect(skipped.map(({ name }) => name).sort()).toEqual(names.sort());
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(["link-outside"]));
    expect(lost).toEqual([]);
  });

  it("all come back with the option, and none without", async () => {
    const { manager, dataDir, filesystem } = await linked({ ...INSIDE, ...OUTSIDE });
    await manager.create({ name: "a.zip" });
    await rm(dataDir, { recursive: true });
    await another(dataDir, filesystem, { links: "all" }).restore("a.zip");
    expect(await lookAt(dataDir)).toMatchObject({ ...INSIDE, ...OUTSIDE });

    const { warnings } = await another(dataDir, filesystem, { links: "none" }).create({ name: "b.zip" });
    expect(warnings).toContainEqual({ name: "current", reason: "symlink" });
    expect((await manager.entries("b.zip")).filter(({ type }) => type === "symlink")).toEqual([]);
  });

  it("by an absolute path into the data directory lead inside of it", async () => {
    const { manager, dataDir } = await linked({});
    await symlink(join(dataDir, "releases/2"), join(dataDir, "absolute"));
    await symlink(`${dataDir}/releases/../..`, join(dataDir, "tricky"));
    await symlink(`${dataDir}-beside`, join(dataDir, "beside"));
    await manager.create({ name: "a.zip" });
    for (const name of ["absolute", "tricky", "beside"]) await rm(join(dataDir, name));

    const { skipped } = await manager.restore("a.zip");

    expect(await readFile(join(dataDir, "absolute/app"), "utf8")).toBe("second");
    expect(skipped.map(({ name }) => name)).toEqual(["beside", "tricky"]);
  });

  it("are extracted if they are selected and stay inside; a selection of nothing is told", async () => {
    const { manager } = await linked({ ...INSIDE, ...OUTSIDE });
    await manager.create({ name: "a.zip" });
    const to = join(await temporaryDirectory(), "to");

    const { skipped } = await manager.extract("a.zip", { to, select: ["deep", "data.db"] });

    expect(await lookAt(to)).toEqual({ "data.db": "a database", ...picked(["deep/down/up", "deep/root"]) });
    expect(skipped).toEqual([{ name: "deep/above", reason: "link-outside" }]);
    const nothing = manager.extract("a.zip", { to: `${to}-2`, select: ["deeper"] });
    await expect(nothing).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(lstat(`${to}-2`)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("leave the bytes of an archive of a tree without any as they were", async () => {
    const { dataDir, filesystem, manager } = await linked({});
    for (const name of ["releases/2/app", "data.db", "releases/2", "releases"]) await utimes(join(dataDir, name), 1, 1);
    await manager.create({ name: "a.zip" });
    await another(dataDir, filesystem, { links: "none" }).create({ name: "b.zip" });

    const [first, second] = await Promise.all(["a.zip", "b.zip"].map((key) => bytesOf(filesystem, key)));
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
  });
});

describe("links of a hostile archive", () => {
  it.each([
    ["up through a link that stands there", { "data.db": "x" }, { out: "-> /etc" }, link("l", "out/passwd")],
    ["up from a missing directory to another", { "data.db": "x" }, {}, link("l", "missing/../../x")],
    ["up from what the archive does not hold", { "data.db": "x" }, {}, link("l", "missing/..")],
    ["beside a database", { "data.db": "x" }, {}, link("data.db-wal", "data.db")],
  ])("are not made: %s", async (_title, data, specials, plan) => {
    const { dataDir, filesystem, manager } = await makeManager({ data, exclude: ["out"] });
    await writeSpecials(dataDir, specials as Specials);
    await filesystem.write("a.zip", buildZip([{ name: "data.db", content: "new" }, plan]));

    const { skipped } = await manager.restore("a.zip");

    expect(skipped).toContainEqual({ name: plan.name, reason: expect.stringMatching(/^link-/) });
    expect(await lookAt(dataDir)).toEqual({ "data.db": "new", ...specials });
  });

  it("lead neither to the backups, nor to what a restore works with", async () => {
    const dataDir = join(await temporaryDirectory(), "data");
    await writeTree(dataDir, { "data.db": "x" });
    const filesystem = localFilesystem({ directory: join(dataDir, "own/backups") });
    const closed = { uploads: "own/backups", "in/it": "../own/backups/x", work: ".stowage", deep: "own/.Stowage/new" };
    const links = Object.entries(closed).map(([name, target]) => link(name, target));
    await filesystem.write("a.zip", buildZip([...links, link("beside", "own/backups2"), FILE]));

    const { skipped } = await another(dataDir, filesystem, {}).restore("a.zip", { allowUnrelated: true });

    expect(skipped).toMatchObject(Object.keys(closed).map((name) => ({ name, reason: "link-outside" })));
    expect(await lookAt(dataDir)).toMatchObject({ "data.db": "new", beside: "-> own/backups2" });
  });

  it("do not stand there already where a link leads to others like them", async () => {
    const { dataDir, filesystem, manager } = await makeManager({ data: { "data.db": "x" } });
    const elsewhere = await temporaryDirectory();
    await writeSpecials(elsewhere, { l: "-> /etc/passwd" });
    await writeSpecials(dataDir, { up: `-> ${elsewhere}` });
    await filesystem.write("a.zip", buildZip([FILE, link("up/l", "/etc/passwd")]));

    const { skipped } = await manager.restore("a.zip");

    expect(skipped).toContainEqual({ name: "up/l", reason: "link-outside" });
    expect(await lookAt(dataDir)).not.toHaveProperty("up/l", "-> /etc/passwd");
  });

  it("take the place of a directory, which is replaced and not written through", async () => {
    const { dataDir, filesystem, manager } = await makeManager({ data: { "data.db": "x", "dir/secret": "kept" } });
    await filesystem.write("a.zip", buildZip([link("dir", "other"), { name: "other/f", content: "new" }, FILE]));

    await manager.restore("a.zip");

    expect(await lookAt(dataDir)).toEqual({ dir: "-> other", "other/f": "new", "data.db": "new" });
  });
});

const FILE: EntryPlan = { name: "data.db", content: "new" };

function link(name: string, content: string): EntryPlan & { readonly name: string } {
  return { name, content, mode: 0o120777 };
}

function picked(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, INSIDE[name] ?? ""]));
}

async function linked(specials: Specials) {
  const fixture = await makeManager({ data: FILES });
  await writeSpecials(fixture.dataDir, specials);
  return fixture;
}

function another(dataDir: string, filesystem: Filesystem, options: Partial<BackupManagerOptions>): BackupManager {
  return new BackupManager({ dataDir, filesystem, ...options });
}

async function bytesOf(filesystem: Filesystem, key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await filesystem.read(key)).content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
