import { closeSync, openSync, writeSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { writeArchive } from "../../src/archive/create/write-archive.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { bytesOf, contentsOf, noSignal } from "../archive/archives.ts";
import { makePlaces, namesIn, snapshotOf } from "./snapshot-fixture.ts";

/** Every path that this process opens, by whatever call of Node the sources use. */
const opened = vi.hoisted((): string[] => []);

vi.mock("node:fs", async (load) => {
  const original = await load<typeof import("node:fs")>();
  const spied: typeof original.openSync = (...call) => {
    opened.push(String(call[0]));
    return original.openSync(...call);
  };
  return { ...original, openSync: spied };
});

vi.mock("node:fs/promises", async (load) => {
  const original = await load<typeof import("node:fs/promises")>();
  const spied: typeof original.open = (...call) => {
    opened.push(String(call[0]));
    return original.open(...call);
  };
  return { ...original, open: spied };
});

afterEach(() => {
  opened.length = 0;
});

/** Sources carry no program of a helper. */
const HELPER = { program: undefined };
const DATABASE = Buffer.concat([Buffer.from("SQLite format 3\0", "latin1"), Buffer.alloc(4080)]);
const LOG = "a line of a log\n";

describe.runIf(process.platform === "linux")("where no helper can be started", () => {
  test.each([
    ["appends to", "a", LOG],
    ["appends to, of whole pages,", "a", LOG.repeat(64)],
    ["reads and appends to, of whole pages,", "a+", LOG.repeat(64)],
  ])("a log that this process %s is read here", async (_, flags, content) => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.log");
    await writeFile(path, content);
    openHere(path, flags);
    opened.length = 0;

    const { walk, reading, warnings } = await snapshotOf(places, { helper: HELPER });

    expect(warnings).toEqual([]);
    const archive = writeArchive(walk, { ...reading, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" });
    expect(String((await contentsOf(await bytesOf(archive.content))).get("app.log"))).toBe(content);
    expect(opened).toContain(path);
  });

  test.each([
    ["for reading and writing", ["r+"]],
    ["for reading", ["r"]],
    ["for reading, and then for writing alone", ["r", "a"]],
    ["for writing alone, and then for reading", ["a", "r"]],
  ])("a database that this process has open %s is DATABASE_IN_USE, and opened by nobody else", async (_, flags) => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    await writeFile(path, DATABASE);
    for (const each of flags) openHere(path, each);
    opened.length = 0;

    await expect(snapshotOf(places, { helper: HELPER })).rejects.toMatchObject({ code: "DATABASE_IN_USE" });

    expect(opened.filter((each) => each.startsWith(`${places.dataDir}/`))).toEqual([]);
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test("what the application copies itself is copied by it, and opened by nobody else", async () => {
    const places = await makePlaces();
    for (const name of ["app.db", "app.db-wal", "app.db-shm"]) {
      await writeFile(join(places.dataDir, name), DATABASE);
      openHere(join(places.dataDir, name), "r+");
    }
    await writeFile(join(places.dataDir, "a.txt"), "a");
    opened.length = 0;
    const databases = { "app.db": { backup: (path: string) => writeFile(path, "its copy") } };

    const { walk, reading, warnings } = await snapshotOf(places, { helper: HELPER, databases });

    expect(warnings).toEqual([]);
    const archive = writeArchive(walk, { ...reading, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" });
    const contents = await contentsOf(await bytesOf(archive.content));
    expect([...contents].map(([name, bytes]) => [name, String(bytes)])).toEqual([
      ["a.txt", "a"],
      ["app.db", "its copy"],
    ]);
    expect(opened.filter((each) => each.startsWith(join(places.dataDir, "app.db")))).toEqual([]);
  });

  test("a database without a header that this process has open beside its log is DATABASE_IN_USE", async () => {
    const places = await makePlaces();
    for (const name of ["secret.db", "secret.db-wal"]) {
      await writeFile(join(places.dataDir, name), Buffer.alloc(4096, 7));
      openHere(join(places.dataDir, name), "r+");
    }
    opened.length = 0;

    await expect(snapshotOf(places, { helper: HELPER })).rejects.toMatchObject({ code: "DATABASE_IN_USE" });

    expect(opened.filter((each) => each.startsWith(`${places.dataDir}/`))).toEqual([]);
  });

  test("a file that becomes a database after the walk, and is open here, fails the backup and is not opened", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "new.db");
    await writeFile(path, "");
    const { walk, reading } = await snapshotOf(places, { helper: HELPER });
    const descriptor = openHere(path, "r+");
    writeSync(descriptor, DATABASE);
    opened.length = 0;

    const archive = writeArchive(walk, { ...reading, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" });

    await expect(bytesOf(archive.content)).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
    expect(opened).not.toContain(path);
  });

  test("a file that is no database and that this process opens after the walk is read here", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.log");
    await writeFile(path, LOG.repeat(64));
    const { walk, reading } = await snapshotOf(places, { helper: HELPER });
    openHere(path, "a");
    opened.length = 0;

    const archive = writeArchive(walk, { ...reading, disk: nodeDisk, signal: noSignal, onUnreadable: "fail" });

    expect(String((await contentsOf(await bytesOf(archive.content))).get("app.log"))).toBe(LOG.repeat(64));
    expect(opened).toContain(path);
  });
});

/** Keeps a file open until the test has finished, as an application does. */
function openHere(path: string, flags: string): number {
  const descriptor = openSync(path, flags);
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}
