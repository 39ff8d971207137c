import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readTree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { BackupManager } from "../../src/index.ts";
import { buildZip } from "../archive/build-zip.ts";
import { lookAt, writeSpecials } from "../special-tree.ts";
import { type Fixture, makeManager } from "./manager-fixture.ts";

const DATA = { "data.db": "d", "cache/deep/c": "cached", "logs/a.log": "l", "logs/b.txt": "b" };

describe("an archive that leaves something out", () => {
  it("says what in its last entry, which no list and no count knows", async () => {
    const { manager, dataDir, filesystem } = await makeManager({
      data: DATA,
      links: "none",
      exclude: ["cache", "**/*.log"],
    });
    await writeSpecials(dataDir, { "logs/link": "-> b.txt", pipe: "fifo" });

    const { entries } = await manager.create({ name: "a.zip" });

    expect(entries).toBe(3);
    expect((await manager.entries("a.zip")).map(({ name }) => name)).toEqual(["data.db", "logs/", "logs/b.txt"]);
    expect(await manager.verify("a.zip")).toEqual({ entries: 3, size: 2, skipped: [], warnings: [] });
    expect(await recordOf({ manager, filesystem })).toEqual({
      version: 1,
      exclude: ["cache", "**/*.log"],
      skipped: [
        { name: "logs/link", reason: "symlink" },
        { name: "pipe", reason: "fifo" },
      ],
    });
  });

  it("tells a name that is not UTF-8 by its bytes", async () => {
    const { manager, dataDir, filesystem } = await makeManager({ data: DATA, onUnreadable: "skip" });
    const { writeForeign } = await import("../special-tree.ts");
    const name = writeForeign(join(dataDir, "logs"), "x");

    await manager.create({ name: "a.zip" });

    const nameBase64 = Buffer.concat([Buffer.from("logs/"), name]).toString("base64");
    expect(await recordOf({ manager, filesystem })).toMatchObject({ skipped: [{ nameBase64, reason: "unsafe-name" }] });
  });

  it("tells of the place of the backups, where that is among the data", async () => {
    const { localFilesystem } = await import("@stowage/local");
    const { dataDir } = await makeManager({ data: DATA });
    const filesystem = localFilesystem({ directory: join(dataDir, "own/backups") });
    const manager = new BackupManager({ dataDir, filesystem });

    await manager.create({ name: "a.zip" });

    expect(await recordOf({ manager, filesystem })).toMatchObject({
      skipped: [{ name: "own/backups", reason: "storage" }],
    });
  });

  it("has no such entry with no globs and nothing skipped", async () => {
    const { manager, filesystem } = await makeManager({ data: DATA });

    await manager.create({ name: "a.zip" });

    expect((await bytesOf(filesystem)).includes(".stowage")).toBe(false);
  });

  it("tells of globs that match nothing yet, because a restore may find what they mean", async () => {
    const { manager, dataDir, filesystem } = await makeManager({ data: { "data.db": "d" }, exclude: ["cache"] });
    await manager.create({ name: "a.zip" });
    await writeTree(dataDir, { "data.db": "changed", "cache/later": "c" });

    await new BackupManager({ dataDir, filesystem }).restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ "data.db": "d", "cache/later": "c" });
  });
});

describe("a restore by a manager that excludes nothing", () => {
  it("leaves alone what the archive left out, at every depth, and reports it", async () => {
    const { manager, dataDir } = await backedUp();
    await writeTree(dataDir, { "data.db": "changed", "logs/later.log": "later", "logs/new.txt": "n", gone: "g" });

    const { skipped, lost } = await manager.restore("a.zip");

    expect(await lookAt(dataDir)).toEqual({
      ...DATA,
      "logs/later.log": "later",
      "logs/link": "-> b.txt",
      pipe: "fifo",
    });
    expect(lost).toEqual([]);
    expect(skipped).toEqual([
      { name: "cache", reason: "excluded" },
      { name: "**/*.log", reason: "excluded" },
      { name: "logs/link", reason: "symlink" },
      { name: "pipe", reason: "fifo" },
      { name: "logs/a.log", reason: "excluded" },
      { name: "logs/later.log", reason: "excluded" },
    ]);
  });

  it("leaves it alone with keepPrevious and a rollback too", async () => {
    const { manager, dataDir } = await backedUp();
    await writeTree(dataDir, { "data.db": "changed", "logs/b.txt": "changed" });
    const before = await lookAt(dataDir);

    await manager.restore("a.zip", { keepPrevious: true });
    expect(await lookAt(dataDir)).toMatchObject({ "data.db": "d", "cache/deep/c": "cached", pipe: "fifo" });
    await writeTree(dataDir, { "cache/later": "since the restore" });
    await manager.rollback();

    expect(await lookAt(dataDir)).toEqual({ ...before, "cache/later": "since the restore" });
  });

  it("reports on a fresh host what did not come along", async () => {
    const { manager, dataDir } = await backedUp();
    await rm(dataDir, { recursive: true });

    const { skipped } = await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ "data.db": "d", "logs/b.txt": "b" });
    expect(skipped).toContainEqual({ name: "pipe", reason: "fifo" });
    expect(skipped).toContainEqual({ name: "cache", reason: "excluded" });
  });

  it("does not report what it excludes itself", async () => {
    const { filesystem, dataDir } = await backedUp();
    const manager = new BackupManager({ dataDir, filesystem, exclude: ["cache", "**/*.log", "pipe"] });

    expect((await manager.restore("a.zip")).skipped).toEqual([{ name: "logs/link", reason: "symlink" }]);
  });

  it("gives the archive's own entries the right over what it says that it left out", async () => {
    const { manager, dataDir } = await recorded(
      { exclude: ["a", "data.db"], skipped: [{ name: "b", reason: "symlink" }] },
      { "data.db": "new", "a/x": "new", "b/y": "new" },
    );
    await writeTree(dataDir, { "data.db": "old", "a/x": "old", "a/z": "old", "b/y": "old", "b/z": "old" });

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual({
      "data.db": "new",
      "a/x": "new",
      "a/z": "old",
      "b/y": "new",
      "b/z": "old",
    });
  });

  it("touches nothing where the archive holds a file and a directory must stay", async () => {
    const { manager, dataDir } = await recorded(
      { exclude: [], skipped: [{ name: "a/link", reason: "symlink" }] },
      { "data.db": "new", a: "a file" },
    );
    await writeTree(dataDir, { "data.db": "old", "a/x": "old" });
    await writeSpecials(dataDir, { "a/link": "-> x" });
    const before = await lookAt(dataDir);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "SWAP_FAILED" });

    expect(await lookAt(dataDir)).toEqual(before);
  });

  it("reports at most a thousand names of a record", async () => {
    const names = Array.from({ length: 1_500 }, (_, index) => ({ name: `n${index}`, reason: "fifo" }));
    const { manager } = await recorded({ exclude: [], skipped: names }, { "data.db": "new" });

    const { skipped } = await manager.restore("a.zip");

    expect(skipped).toHaveLength(1_001);
    expect(skipped.at(-1)).toEqual({ name: "and 500 more", reason: "left-out" });
  });
});

/** A backup "a.zip" without some of its data, and a manager that knows no globs. */
async function backedUp(): Promise<Fixture> {
  const fixture = await makeManager({ data: DATA, links: "none", exclude: ["cache", "**/*.log"] });
  await writeSpecials(fixture.dataDir, { "logs/link": "-> b.txt", pipe: "fifo" });
  await fixture.manager.create({ name: "a.zip" });
  const { dataDir, filesystem } = fixture;
  return { ...fixture, manager: new BackupManager({ dataDir, filesystem }) };
}

/** An archive "a.zip" with this record, made by hand. */
async function recorded(record: object, files: Record<string, string>): Promise<Fixture> {
  const fixture = await makeManager({ data: { "data.db": "old" } });
  const plans = Object.entries(files).map(([name, content]) => ({ name, content }));
  const own = { name: ".stowage/left-out.json", content: JSON.stringify({ version: 1, ...record }) };
  await fixture.manager.upload("a.zip", buildZip([...plans, own]));
  return fixture;
}

async function bytesOf(filesystem: Fixture["filesystem"]): Promise<Buffer> {
  return Buffer.concat(await (await filesystem.read("a.zip")).content.toArray());
}

/** The record as another program sees it: a small file. */
async function recordOf({ filesystem }: Pick<Fixture, "manager" | "filesystem">): Promise<unknown> {
  const { bufferReader } = await import("../../src/archive/archive-reader.ts");
  const { readCentralDirectory } = await import("../../src/archive/judge/read-central-directory.ts");
  const bytes = await bytesOf(filesystem);
  const { signal } = new AbortController();
  const { entries } = await readCentralDirectory(bufferReader(bytes), { maxEntries: 100, signal });
  const last = entries.at(-1);
  if (last?.name !== ".stowage/left-out.json") throw new Error(`the last entry is ${last?.name}`);
  const { inflateRawSync } = await import("node:zlib");
  const start =
    last.headerOffset + 30 + bytes.readUInt16LE(last.headerOffset + 26) + bytes.readUInt16LE(last.headerOffset + 28);
  const raw = bytes.subarray(start, start + last.compressedSize);
  return JSON.parse(String(last.method === 0 ? raw : inflateRawSync(raw)));
}
