import { open, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import {
  type ArchivedCheckOptions,
  type DatabasePlaceOptions,
  findDatabases,
  placeForDatabases,
  verifyDatabases,
} from "../../src/manager/archived-databases.ts";
import { archiveOf, judged } from "../archive/archives.ts";
import { makeManager } from "../manager/manager-fixture.ts";
import { nodesThere } from "./node-programs.ts";
import { sqlElsewhere } from "./other-process.ts";
import { helperPrograms, makePlaces, namesIn } from "./snapshot-fixture.ts";

const ROWS = `CREATE TABLE rows (name); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
  INSERT INTO rows SELECT hex(randomblob(500)) FROM n`;
const HEADER = "SQLite format 3\0";
const helperOf = helperPrograms();
const nodes = nodesThere();
const able = nodes.filter(({ canCopy }) => canCopy);

type Options = Partial<ArchivedCheckOptions & DatabasePlaceOptions>;

/** Checks the databases of an archive of a directory as it is. Returns the names of those that were not checked. */
async function verify(
  { dataDir, stateDir }: { dataDir: string; stateDir: string },
  options: Options,
): Promise<readonly string[]> {
  const { bytes } = await archiveOf(dataDir);
  const reader = bufferReader(bytes);
  const { entries } = await judged(bytes);
  const { signal } = new AbortController();
  const check = { mode: "quick", signal, ...options } as const;
  const { checkable, unchecked } = await findDatabases(reader, entries, check);
  const all = { disk: nodeDisk, stateDir, threads: undefined, onProgress: () => {}, ...check };
  await using place = await placeForDatabases(checkable, all);
  if (place) await verifyDatabases(reader, checkable, place.path, all);
  return place ? unchecked : [...unchecked, ...checkable.map(({ name }) => name)];
}

/** Overwrites a page in the middle with zeros. */
async function zeroPage(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(4096), 0, 4096, 4096 * 200);
  await file.close();
}

if (nodes.length === 0) test.skip("databases of an archive are checked: no SQLite is here", () => {});

describe.each(able)("on $name", (node) => {
  test.each(["delete", "wal"])("sound databases pass, and nothing is left of them (%s)", async (mode) => {
    const { dataDir, stateDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), `PRAGMA journal_mode = ${mode}; ${ROWS}`);
    sqlElsewhere(node, join(dataDir, "small.db"), "CREATE TABLE rows (name)");
    await writeFile(join(dataDir, "pages.bin"), Buffer.alloc(4096));
    const progress: { entriesDone: number }[] = [];

    const unchecked = await verify(
      { dataDir, stateDir },
      { helper: helperOf(node), onProgress: (done) => progress.push(done) },
    );

    expect(unchecked).toEqual([]);
    expect(progress.at(-1)?.entriesDone).toBe(2);
    expect(await namesIn(dirname(stateDir))).toEqual(["data"]);
  });

  test("a database with a page of zeros is INVALID_ARCHIVE with its name, and nothing is left of it", async () => {
    const { dataDir, stateDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    await zeroPage(join(dataDir, "app.db"));

    await expect(verify({ dataDir, stateDir }, { helper: helperOf(node) })).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: "database-damaged",
      message: expect.stringContaining("app.db"),
    });
    expect(await namesIn(dirname(stateDir))).toEqual(["data"]);
    expect(await verify({ dataDir, stateDir }, { helper: helperOf(node), mode: "off" })).toEqual([]);
  });

  test("databases that do not fit are named, and none is written", async () => {
    const { dataDir, stateDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    const created: string[] = [];
    const createFile: typeof nodeDisk.createFile = async (path, options) => {
      created.push(path);
      return nodeDisk.createFile(path, options);
    };
    const disk = { ...nodeDisk, createFile, freeSpace: async () => 4096 * 200 };

    expect(await verify({ dataDir, stateDir }, { helper: helperOf(node), disk })).toEqual(["app.db"]);
    expect(created).toEqual([]);
    expect(await namesIn(dirname(stateDir))).toEqual(["data"]);
  });

  test("databases are named where nothing may be written", async () => {
    const { dataDir, stateDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    const disk = { ...nodeDisk, makeDirectory: () => Promise.reject(diskError("EROFS")) };

    expect(await verify({ dataDir, stateDir }, { helper: helperOf(node), disk })).toEqual(["app.db"]);
    expect(await namesIn(dirname(stateDir))).toEqual(["data"]);
  });

  test("an abort in the middle leaves nothing", async () => {
    const { dataDir, stateDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    const controller = new AbortController();
    const seen: string[][] = [];
    const disk = {
      ...nodeDisk,
      createFile: async (...[path, options]: Parameters<typeof nodeDisk.createFile>) => {
        const file = await nodeDisk.createFile(path, options);
        seen.push(await namesIn(stateDir));
        controller.abort(new Error("enough"));
        return file;
      },
    };

    const verifying = verify({ dataDir, stateDir }, { helper: helperOf(node), disk, signal: controller.signal });

    await expect(verifying).rejects.toMatchObject({ code: "ABORTED" });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toHaveLength(1);
    expect(await namesIn(dirname(stateDir))).toEqual(["data"]);
  });

  test("a database beside its log is not written, and named", async () => {
    const { dataDir, stateDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    await zeroPage(join(dataDir, "app.db"));
    await writeFile(join(dataDir, "app.db-wal"), "");

    expect(await verify({ dataDir, stateDir }, { helper: helperOf(node) })).toEqual(["app.db"]);
  });
});

test.each(nodes.filter(({ canCopy }) => !canCopy))(
  "on $name, databases that cannot be checked are named, and none is written",
  async (node) => {
    const places = await makePlaces();
    sqlElsewhere(node, join(places.dataDir, "app.db"), ROWS);
    const disk = { ...nodeDisk, createFile: () => Promise.reject(new Error("nothing is to be written")) };

    expect(await verify(places, { helper: helperOf(node), disk })).toEqual(["app.db"]);
  },
);

test("verify warns once of each database where no helper can be started", async () => {
  const { dataDir, manager, filesystem } = await makeManager({
    data: { "app.db": HEADER.padEnd(4096, "\0"), "text.db": "text".padEnd(4096, "\0") },
    databases: "copy",
  });
  const { bytes } = await archiveOf(dataDir);
  await filesystem.write("a.zip", bytes);
  await rm(dataDir, { recursive: true });

  const { warnings, entries } = await manager.verify("a.zip");

  expect(entries).toBe(2);
  expect(warnings).toEqual([{ name: "app.db", reason: "database-not-checked" }]);
  expect(manager.status().last).toMatchObject({ warningCount: 1, warnings });
  expect(await namesIn(dirname(dataDir))).toEqual([]);
});

function diskError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
