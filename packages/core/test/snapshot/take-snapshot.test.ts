import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, open, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { writeArchive } from "../../src/archive/create/write-archive.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { canMount, mountOn } from "../restore/real-mounts.ts";
import { type NodeProgram, nodesThere } from "./node-programs.ts";
import { holdElsewhere, sqlElsewhere } from "./other-process.ts";
import { helperPrograms, makePlaces, namesIn, snapshotOf, substituteOf } from "./snapshot-fixture.ts";

const ROWS = "CREATE TABLE rows (name); INSERT INTO rows VALUES ('one')";
const helperOf = helperPrograms();
const nodes = nodesThere();
const maker = nodes[0];

/** Makes databases for tests of a helper that cannot. */
function makeDatabase(path: string, sql = ROWS): void {
  if (maker) sqlElsewhere(maker, path, sql);
}

async function rowsOf(bytes: Buffer | undefined, node: NodeProgram): Promise<unknown[]> {
  const { dataDir } = await makePlaces();
  const path = join(dataDir, "copy.db");
  await writeFile(path, bytes ?? "");
  return sqlElsewhere(node, path, "", "SELECT name FROM rows ORDER BY name");
}

if (nodes.length === 0) test.skip("copies databases: no SQLite is here", () => {});

describe.each(nodes.filter(({ canCopy }) => canCopy))("on $name", (node) => {
  test.each(["delete", "wal"])(
    "a database that another process writes is copied as it was at one moment (%s)",
    async (mode) => {
      const places = await makePlaces();
      const path = join(places.dataDir, "app.db");
      await holdElsewhere(
        node,
        path,
        `PRAGMA journal_mode = ${mode}; ${ROWS}; BEGIN IMMEDIATE; INSERT INTO rows VALUES ('two')`,
      );

      const snapshot = await snapshotOf(places, { helper: helperOf(node) });

      expect(await rowsOf(await substituteOf(snapshot, "app.db"), node)).toEqual([{ name: "one" }]);
      expect(snapshot.walk.entries.map(({ name }) => name)).toEqual(["app.db"]);
      expect(snapshot.warnings).toEqual([]);
    },
  );

  test("what is left in the log of a dead process is in the copy", async () => {
    const places = await makePlaces();
    const end = await holdElsewhere(node, join(places.dataDir, "app.db"), `PRAGMA journal_mode = wal; ${ROWS}`);
    await end();

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    expect(await rowsOf(await substituteOf(snapshot, "app.db"), node)).toEqual([{ name: "one" }]);
  });

  test("the copy keeps the mode and time of the database, lies where only its owner reads, and is gone afterwards", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    sqlElsewhere(node, path, ROWS);
    const before = await stat(path);

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    const file = await snapshot.reading.substitutes.get("app.db")?.();
    const copied = await file?.stat();
    await file?.close();
    expect(copied?.mode).toBe(before.mode);
    expect(copied?.mtimeMs).toBe(Math.floor(before.mtimeMs));
    const [name = ""] = await namesIn(places.stateDir);
    expect((await stat(join(places.stateDir, name))).mode & 0o777).toBe(0o700);
    await snapshot[Symbol.asyncDispose]();
    expect(await namesIn(places.stateDir)).toEqual([]);
    expect(await namesIn(places.dataDir)).toEqual(["app.db"]);
  });

  test("a database that is not begun, and one without a page, are copied as they are", async () => {
    const places = await makePlaces();
    await writeFile(join(places.dataDir, "empty.db"), "");
    await holdElsewhere(node, join(places.dataDir, "new.db"), "BEGIN; CREATE TABLE rows (name)");

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    expect(snapshot.warnings).toEqual([]);
    expect(snapshot.walk.entries.map(({ name }) => name)).toContain("empty.db");
    const bytes = await substituteOf(snapshot, "new.db");
    expect(bytes?.subarray(0, 16).toString("latin1") ?? "").toMatch(/^(SQLite format 3\0)?$/);
  });

  test("a database that stays locked is DATABASE_IN_USE, which may pass", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    sqlElsewhere(node, path, ROWS);
    await holdElsewhere(node, path, "BEGIN EXCLUSIVE");

    const taking = snapshotOf(places, { helper: helperOf(node), lockWaitMs: 200 });

    await expect(taking).rejects.toMatchObject({ code: "DATABASE_IN_USE", retryable: true });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test("a damaged database that nobody uses is copied as it is, with a warning", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    sqlElsewhere(node, path, ROWS);
    const file = await open(path, "r+");
    await file.write(Buffer.alloc(84, 0xff), 0, 84, 16);
    await file.close();
    const damaged = await readFile(path);

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    expect(snapshot.warnings).toEqual([{ name: "app.db", reason: "damaged" }]);
    expect((await substituteOf(snapshot, "app.db"))?.equals(damaged)).toBe(true);
  });

  test("a damaged database that this process has open is SOURCE_UNREADABLE", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    await writeFile(path, Buffer.concat([Buffer.from("SQLite format 3\0", "latin1"), Buffer.alloc(4080, 0xff)]));
    const descriptor = openSync(path, "r");
    onTestFinished(() => closeSync(descriptor));

    const taking = snapshotOf(places, { helper: helperOf(node) });

    await expect(taking).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringContaining("app.db"),
    });
  });

  test("a full place for the copies is NO_SPACE, and nothing is left there", async ({ skip }) => {
    if (!canMount()) skip("this process may not mount");
    const places = await makePlaces();
    sqlElsewhere(
      node,
      join(places.dataDir, "app.db"),
      `${ROWS}; CREATE TABLE bulk (bytes); INSERT INTO bulk VALUES (randomblob(9000000))`,
    );
    mountOn(places.stateDir);
    execFileSync("mount", ["-o", "remount,size=1m", places.stateDir]);

    await expect(snapshotOf(places, { helper: helperOf(node) })).rejects.toMatchObject({ code: "NO_SPACE" });
    const boundless = { ...nodeDisk, freeSpace: async () => Number.MAX_SAFE_INTEGER };
    const taking = snapshotOf(places, { helper: helperOf(node), disk: boundless });

    await expect(taking).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test.each(["delete", "wal"])("data that is mounted read-only is copied (%s)", async (mode) => {
    const places = await makePlaces();
    const source = join(places.dataDir, "..", "source");
    await mkdir(source);
    sqlElsewhere(node, join(source, "app.db"), `PRAGMA journal_mode = ${mode}; ${ROWS}`);
    if (!canMount()) return console.log("not tested: this process may not mount");
    mountOn(places.dataDir, source, { isReadOnly: true });

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    expect(await rowsOf(await substituteOf(snapshot, "app.db"), node)).toEqual([{ name: "one" }]);
  });
});

describe.each(nodes.filter(({ canCopy }) => !canCopy))("on $name", (node) => {
  test("a database that nobody uses is copied as a file", async () => {
    const places = await makePlaces();
    makeDatabase(join(places.dataDir, "app.db"));

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    expect(await rowsOf(await substituteOf(snapshot, "app.db"), node)).toEqual([{ name: "one" }]);
  });

  test("a database that this process has open is DATABASE_IN_USE, with the ways out", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    makeDatabase(path);
    const descriptor = openSync(path, "r");
    onTestFinished(() => closeSync(descriptor));

    const taking = snapshotOf(places, { helper: helperOf(node) });

    await expect(taking).rejects.toMatchObject({
      code: "DATABASE_IN_USE",
      message: expect.stringMatching(/app\.db.*better-sqlite3.*databases.*exclude.*copy/),
    });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test("a database in whose log something waits is DATABASE_IN_USE", async () => {
    const places = await makePlaces();
    await holdElsewhere(node, join(places.dataDir, "app.db"), `PRAGMA journal_mode = wal; ${ROWS}`);

    await expect(snapshotOf(places, { helper: helperOf(node) })).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
  });

  test("a database that is written while it is copied is DATABASE_IN_USE", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    makeDatabase(path);
    const script = `
      const fs = require("node:fs");
      const descriptor = fs.openSync(process.argv[1], "r+");
      const byte = Buffer.alloc(1);
      setInterval(() => fs.writeSync(descriptor, byte, 0, fs.readSync(descriptor, byte, 0, 1, 99), 99), 10);
      console.log("ready");
    `;
    const writer = spawn(process.execPath, ["-e", script, "--", path]);
    onTestFinished(() => void writer.kill("SIGKILL"));
    await once(writer.stdout, "data");

    const refused = () => {
      const taking = snapshotOf(places, { helper: helperOf(node) });
      return expect(taking).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
    };
    await vi.waitFor(refused, { timeout: 20_000 }); // on a busy machine the writer may stand still for as long as one attempt
  });

  test('"copy" takes the files as they are, side files too, and warns of each database', async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    await holdElsewhere(node, path, `PRAGMA journal_mode = wal; ${ROWS}`);

    const snapshot = await snapshotOf(places, { helper: helperOf(node), databases: "copy" });

    expect(snapshot.warnings).toEqual([{ name: "app.db", reason: "database-copied-as-file" }]);
    expect((await substituteOf(snapshot, "app.db"))?.equals(await readFile(path))).toBe(true);
    expect((await substituteOf(snapshot, "app.db-wal"))?.equals(await readFile(`${path}-wal`))).toBe(true);
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test("what the application hands over makes the copy, also of a database without a header", async () => {
    const places = await makePlaces();
    await writeFile(join(places.dataDir, "secret.db"), "encrypted");
    const backup = (path: string) => writeFile(path, "encrypted copy");

    const databases = { "secret.db": { backup }, "absent.db": { backup } };
    const snapshot = await snapshotOf(places, { helper: helperOf(node), databases });

    expect(String(await substituteOf(snapshot, "secret.db"))).toBe("encrypted copy");
    expect(snapshot.warnings).toEqual([{ name: "absent.db", reason: "no-such-database" }]);
  });

  test.each([
    ["fails", () => Promise.reject(new Error("no"))],
    ["makes no file", () => {}],
  ])("what the application hands over and that %s is SOURCE_UNREADABLE", async (_, backup) => {
    const places = await makePlaces();
    makeDatabase(join(places.dataDir, "app.db"));

    const taking = snapshotOf(places, { helper: helperOf(node), databases: { "app.db": { backup } } });

    await expect(taking).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringContaining("app.db"),
    });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test("an encrypted database in use, which has a log and no header, is DATABASE_IN_USE", async () => {
    const places = await makePlaces();
    await writeFile(join(places.dataDir, "secret.db"), Buffer.alloc(4096, 7));
    await writeFile(join(places.dataDir, "secret.db-wal"), Buffer.from("377f0682002de218", "hex"));

    await expect(snapshotOf(places, { helper: helperOf(node) })).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
  });

  test("a file that this process has open and that is no database is read by the helper", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.log");
    const descriptor = openSync(path, "a");
    onTestFinished(() => closeSync(descriptor));
    writeSync(descriptor, "a line\n");

    const snapshot = await snapshotOf(places, { helper: helperOf(node) });

    expect(String(await substituteOf(snapshot, "app.log"))).toBe("a line\n");
    expect([...snapshot.reading.substitutes.keys()]).toEqual(["app.log"]);
  });

  test("a database of five gigabytes, of which most is a hole, does not fit and is NO_SPACE before anything is copied", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    makeDatabase(path);
    await truncate(path, 5 * 1024 ** 3);
    const disk = { ...nodeDisk, freeSpace: async () => 1024 ** 3 };

    const taking = snapshotOf(places, { helper: helperOf(node), disk });

    await expect(taking).rejects.toMatchObject({ code: "NO_SPACE", message: expect.stringContaining("stateDir") });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });
});

test("a file that this process opens after the walk is read by the helper", async () => {
  const places = await makePlaces();
  const path = join(places.dataDir, "new.db");
  await writeFile(path, "");
  const { program } = helperOf({ path: process.execPath, canCopy: false });
  const { walk, reading } = await snapshotOf(places, { helper: { program } });
  const descriptor = openSync(path, "a");
  onTestFinished(() => closeSync(descriptor));
  writeSync(descriptor, "written");
  const opened: string[] = [];
  const disk = {
    ...nodeDisk,
    openFile: (each: string) => {
      opened.push(each);
      return nodeDisk.openFile(each);
    },
  };
  const { signal } = new AbortController();

  const archive = writeArchive(walk, { ...reading, disk, signal, onUnreadable: "fail" });
  for await (const _ of archive.content);

  expect(archive.entries).toBe(1);
  expect(opened).toEqual([]);
});

test("a tree without a database and without an open file starts no helper", async () => {
  const places = await makePlaces();
  await writeFile(join(places.dataDir, "pages.bin"), Buffer.alloc(4096));

  const snapshot = await snapshotOf(places, { helper: { program: undefined } });

  expect(snapshot.reading.substitutes.size).toBe(0);
  expect(await namesIn(places.stateDir)).toEqual([]);
});

test("where no helper can be started, a database is DATABASE_IN_USE", async () => {
  const places = await makePlaces();
  await writeFile(
    join(places.dataDir, "app.db"),
    Buffer.concat([Buffer.from("SQLite format 3\0", "latin1"), Buffer.alloc(4080)]),
  );

  const taking = snapshotOf(places, { helper: { program: undefined } });

  await expect(taking).rejects.toMatchObject({ code: "DATABASE_IN_USE", message: expect.stringContaining("helper") });
});
