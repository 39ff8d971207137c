import { copyFileSync, renameSync, symlinkSync } from "node:fs";
import { mkdir, readFile, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { HelperProcess } from "../../src/snapshot/helper-process.ts";
import { lookIn } from "../../src/snapshot/look-in.ts";
import { type Snapshot, type SnapshotOptions, takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { type NodeProgram, nodesThere } from "./node-programs.ts";
import { sqlElsewhere } from "./other-process.ts";
import { helperPrograms, makePlaces, namesIn, substituteOf, walkOf } from "./snapshot-fixture.ts";

type Places = Awaited<ReturnType<typeof makePlaces>>;

const { signal } = new AbortController();
const helperOf = helperPrograms();
const able = nodesThere().filter(({ canCopy }) => canCopy);
/** SQL that makes a database too large for one step of a copy. */
const SEVERAL_STEPS = "CREATE TABLE bulk (bytes); INSERT INTO bulk VALUES (zeroblob(12000000))";
const PLAIN = { name: "without SQLite", path: process.execPath, canCopy: false };
const nodes = [PLAIN, ...able];

let places: Places;
let outside: string;

/** A database in a directory of the data, and another, elsewhere, under the same name. */
beforeEach(async () => {
  places = await makePlaces();
  outside = join(places.dataDir, "..", "outside");
  for (const directory of [join(places.dataDir, "tenant"), outside]) await mkdir(directory);
});

const inside = () => join(places.dataDir, "tenant");

async function makeDatabase(node: typeof PLAIN, path: string, content: string): Promise<void> {
  if (node.canCopy) sqlElsewhere(node as NodeProgram, path, `CREATE TABLE "${content}" (name)`);
  else await writeFile(path, `SQLite format 3\0${content}`.padEnd(4096, "\0"));
  await utimes(path, 1, 1);
}

/** Walks, does something, and then takes the snapshot. */
async function snapshotAfter(
  action: () => Promise<void>,
  node: typeof PLAIN,
  options: Partial<SnapshotOptions> = {},
): Promise<Snapshot> {
  const walk = await walkOf(places.dataDir);
  await action();
  const all = { disk: nodeDisk, signal, stateDir: places.stateDir, databases: "auto", phase: () => () => {} } as const;
  const snapshot = await takeSnapshot(walk, { ...all, helper: helperOf(node), ...options });
  onTestFinished(() => snapshot[Symbol.asyncDispose]());
  return snapshot;
}

async function swapDirectory(): Promise<void> {
  await rename(inside(), `${inside()}-before`);
  await symlink(outside, inside());
}

async function swapDatabase(): Promise<void> {
  await rename(join(inside(), "app.db"), join(inside(), "before"));
  await symlink(join(outside, "app.db"), join(inside(), "app.db"));
}

describe.each(nodes)("on $name", (node) => {
  beforeEach(async () => {
    await makeDatabase(node, join(inside(), "app.db"), "precious");
    await makeDatabase(node, join(outside, "app.db"), "secret");
  });

  test("a directory that is swapped for a link after the walk is SOURCE_CHANGED", async () => {
    await expect(snapshotAfter(swapDirectory, node)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: expect.stringContaining("tenant/app.db"),
    });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });

  test.each([
    ["a directory", swapDirectory],
    ["a database", swapDatabase],
  ])("%s that is swapped for a link before its copy is made is SOURCE_CHANGED", async (_, swap) => {
    // Free space is asked for once it is known what is to be copied.
    const freeSpace = async (path: string) => {
      await swap();
      return nodeDisk.freeSpace(path);
    };
    const disk = { ...nodeDisk, freeSpace };

    await expect(snapshotAfter(async () => {}, node, { disk })).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });

  test("a database that was put in the place of another, in the same directory, is copied", async () => {
    await makeDatabase(node, join(outside, "newer.db"), "newer");

    const snapshot = await snapshotAfter(() => rename(join(outside, "newer.db"), join(inside(), "app.db")), node);

    const bytes = await substituteOf(snapshot, "tenant/app.db");
    expect(bytes?.includes("newer")).toBe(true);
    expect(snapshot.warnings).toEqual([]);
  });

  test("the helper copies no other file than the one that it is told of", async () => {
    await using helper = new HelperProcess({ ...helperOf(node), signal });
    const [from, to] = [join(outside, "app.db"), join(places.dataDir, "..", "copy.db")];
    const { dev, ino } = await nodeDisk.lstat(join(inside(), "app.db"));
    const order = { from, to, identity: { dev, ino } };

    await expect(helper.run({ kind: "copy-quiet", ...order })).rejects.toMatchObject({ code: "MOVED" });
    if (node.canCopy) {
      const copy = { kind: "copy", ...order, lookIn: lookIn(), waitMs: 0 } as const;
      await expect(helper.run(copy)).rejects.toMatchObject({ code: "MOVED" });
    }
    expect(await readFile(to).catch(() => undefined)).toBeUndefined();
  });
});

describe.each(able)("on $name, before a copy is done", (node) => {
  beforeEach(async () => {
    for (const [directory, content] of [
      [inside(), "precious"],
      [outside, "newer"],
    ] as const) {
      await makeDatabase(node, join(directory, "app.db"), content);
      sqlElsewhere(node, join(directory, "app.db"), SEVERAL_STEPS);
    }
  });

  /** Takes a snapshot, and does something each time that some of the database was copied, but at most so often. */
  const snapshotMeanwhile = (most: number, action: () => void) => {
    let times = 0;
    const report = () => {
      if (++times <= most) action();
    };
    return snapshotAfter(async () => {}, node, { phase: () => report });
  };

  const replaceDatabase = () => {
    copyFileSync(join(outside, "app.db"), join(outside, "new.db"));
    renameSync(join(outside, "new.db"), join(inside(), "app.db"));
  };

  test("a directory that is swapped is SOURCE_CHANGED", async () => {
    const taking = snapshotMeanwhile(1, () => {
      renameSync(inside(), `${inside()}-before`);
      symlinkSync(outside, inside());
    });

    await expect(taking).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect(await namesIn(join(places.dataDir, "tenant-before"))).toEqual(["app.db"]);
  });

  test("a database that is replaced is copied once more", async () => {
    const snapshot = await snapshotMeanwhile(1, replaceDatabase);

    expect((await substituteOf(snapshot, "tenant/app.db"))?.includes("newer")).toBe(true);
  });

  test("a database that is replaced each time is SOURCE_CHANGED, and no copy of it is left", async () => {
    await expect(snapshotMeanwhile(Number.POSITIVE_INFINITY, replaceDatabase)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
    });
    expect(await namesIn(places.stateDir)).toEqual([]);
  });
});
