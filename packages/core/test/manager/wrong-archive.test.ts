import { mkdir, rm } from "node:fs/promises";
import { readTree, type Tree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { BackupManager, type BackupManagerOptions } from "../../src/index.ts";
import { buildZip, type EntryPlan } from "../archive/build-zip.ts";
import { type Fixture, makeManager } from "./manager-fixture.ts";

const DATA: Tree = { "data.db": "now", "storage/a": "now" };

describe("an archive of another program", () => {
  it("is refused where it shares no name with the top of the data, and nothing is touched", async () => {
    const { manager, dataDir } = await withArchive({ "photos/1.jpg": "x", "photos/2.jpg": "y" });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: "unrelated",
      message: expect.stringMatching(/holds "photos".*holds "data.db", "storage".*allowUnrelated/),
    });

    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("is refused with the reason where a folder was zipped with itself around everything", async () => {
    const { manager } = await withArchive({ "pb_data/data.db": "x", "pb_data/storage/a": "y" });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      reason: "unrelated",
      message: expect.stringMatching(/lies in a folder "pb_data"; zip what is in that folder/),
    });
  });

  it("restores all the same with allowUnrelated", async () => {
    const { manager, dataDir } = await withArchive({ "photos/1.jpg": "x" });

    await manager.restore("a.zip", { allowUnrelated: true });

    expect(await readTree(dataDir)).toEqual({ "photos/1.jpg": "x" });
  });

  it.each<[string, Tree, Tree, Partial<BackupManagerOptions>]>([
    ["it shares one name", { "storage/b": "x", new: "y" }, DATA, {}],
    ["the data directory is empty", { "photos/1.jpg": "x" }, {}, {}],
    [
      "everything there stays anyway",
      { "photos/1.jpg": "x" },
      { "backups/a": "b", "keep/x": "y" },
      { exclude: ["keep"] },
    ],
  ])("restores where %s", async (_why, files, data, options) => {
    const { manager, dataDir } = await withArchive(files, data, options);

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toMatchObject(files);
  });
});

describe("an archive of ours", () => {
  it("restores over data that has nothing in common with it, whatever the times of its files", async () => {
    const { utimes } = await import("node:fs/promises");
    const { dataDir, filesystem, manager } = await makeManager({ data: { a: "1", b: "2", c: "3" } });
    await utimes(`${dataDir}/a`, -3_000_000_000, -3_000_000_000);
    await utimes(`${dataDir}/b`, 3_000_000_000, 3_000_000_000);
    await manager.create({ name: "a.zip" });
    await rm(dataDir, { recursive: true });
    await writeTree(dataDir, DATA);

    await new BackupManager({ dataDir, filesystem }).restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ a: "1", b: "2", c: "3" });
  });

  it("is known only if each of its entries is as all of ours are", async () => {
    const { dataDir, filesystem, manager } = await makeManager({ data: { a: "1", b: "2" } });
    await manager.create({ name: "a.zip" });
    const bytes = Buffer.concat(await (await filesystem.read("a.zip")).content.toArray());
    bytes.writeUInt8(20, bytes.lastIndexOf("PK\x01\x02", undefined, "latin1") + 4);
    await manager.upload("b.zip", bytes);
    await rm(dataDir, { recursive: true });
    await writeTree(dataDir, DATA);

    await expect(manager.restore("b.zip")).rejects.toMatchObject({ reason: "unrelated" });
    await manager.restore("a.zip");
  });
});

describe("an archive without any file", () => {
  it("is refused over data with files, and nothing is touched", async () => {
    const { manager, dataDir } = await ofEmptyDirectory(DATA);

    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: "no-files",
      message: expect.stringContaining("allowEmpty"),
    });

    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("restores with allowEmpty, and over directories without files", async () => {
    const allowed = await ofEmptyDirectory(DATA, { allowEmpty: true });
    const bare = await ofEmptyDirectory({ "a/b/": "" });

    await allowed.manager.restore("a.zip");
    await bare.manager.restore("a.zip");

    expect(await readTree(allowed.dataDir)).toEqual({});
    expect(await readTree(bare.dataDir)).toEqual({});
  });
});

async function withArchive(
  files: Tree,
  data: Tree = DATA,
  options: Partial<BackupManagerOptions> = {},
): Promise<Fixture> {
  return withPlans(
    Object.entries(files).map(([name, content]) => ({ name, content })),
    data,
    options,
  );
}

async function withPlans(
  plans: readonly EntryPlan[],
  data: Tree = DATA,
  options: Partial<BackupManagerOptions> = {},
): Promise<Fixture> {
  const fixture = await makeManager({ data, ...options });
  await fixture.manager.upload("a.zip", buildZip([...plans]));
  return fixture;
}

async function ofEmptyDirectory(data: Tree, options: Partial<BackupManagerOptions> = {}): Promise<Fixture> {
  const fixture = await makeManager({ data: {}, allowEmpty: true });
  await fixture.manager.create({ name: "a.zip" });
  await mkdir(fixture.dataDir, { recursive: true });
  await writeTree(fixture.dataDir, data);
  const { dataDir, filesystem } = fixture;
  return { ...fixture, manager: new BackupManager({ dataDir, filesystem, ...options }) };
}
