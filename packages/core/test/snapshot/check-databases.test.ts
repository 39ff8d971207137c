import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkDatabases } from "../../src/snapshot/check-databases.ts";
import { nodesThere } from "./node-programs.ts";
import { sqlElsewhere } from "./other-process.ts";
import { helperPrograms, makePlaces, namesIn, walkOf } from "./snapshot-fixture.ts";

const ROWS = "CREATE TABLE rows (name); CREATE INDEX names ON rows (name); INSERT INTO rows VALUES ('one')";
const { signal } = new AbortController();
const helperOf = helperPrograms();
const nodes = nodesThere();

async function check(directory: string, options: Partial<Parameters<typeof checkDatabases>[2]>): Promise<string[]> {
  const { entries } = await walkOf(directory);
  return checkDatabases(directory, entries, { mode: "quick", signal, ...options });
}

/** Damages the second page, on which the first table lies. */
async function damage(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(200, 0xff), 0, 200, 4096);
  await file.close();
}

if (nodes.length === 0) test.skip("databases are checked: no SQLite is here", () => {});

describe.each(nodes.filter(({ canCopy }) => canCopy))("on $name", (node) => {
  test.each(["delete", "wal"])("a sound database passes, and nothing is left beside it (%s)", async (mode) => {
    const { dataDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), `PRAGMA journal_mode = ${mode}; ${ROWS}`);

    expect(await check(dataDir, { helper: helperOf(node) })).toEqual([]);
    expect(await check(dataDir, { helper: helperOf(node), mode: "full" })).toEqual([]);
    expect(await namesIn(dataDir)).toEqual(["app.db"]);
  });

  test("a damaged database is INVALID_ARCHIVE with its name, unless it is not to be looked at", async () => {
    const { dataDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    await damage(join(dataDir, "app.db"));

    await expect(check(dataDir, { helper: helperOf(node) })).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: "database-damaged",
      message: expect.stringContaining("app.db"),
    });
    expect(await check(dataDir, { helper: helperOf(node), mode: "off" })).toEqual([]);
  });

  test("a database beside its log is not opened, and named", async () => {
    const { dataDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);
    await damage(join(dataDir, "app.db"));
    await writeFile(join(dataDir, "app.db-wal"), "");

    expect(await check(dataDir, { helper: helperOf(node) })).toEqual(["app.db"]);
  });
});

test.each(nodes.filter(({ canCopy }) => !canCopy))(
  "on $name, databases are named that cannot be checked",
  async (node) => {
    const { dataDir } = await makePlaces();
    sqlElsewhere(node, join(dataDir, "app.db"), ROWS);

    expect(await check(dataDir, { helper: helperOf(node) })).toEqual(["app.db"]);
  },
);

test("where no helper can be started, databases are named, and files that are none need no helper", async () => {
  const helper = { program: undefined };
  const { dataDir } = await makePlaces();
  await writeFile(join(dataDir, "pages.bin"), Buffer.alloc(4096));
  expect(await check(dataDir, { helper })).toEqual([]);

  await writeFile(join(dataDir, "app.db"), Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4080)]));
  expect(await check(dataDir, { helper })).toEqual(["app.db"]);
});
