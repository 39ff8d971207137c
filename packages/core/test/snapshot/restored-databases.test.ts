import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { buildZip } from "../archive/build-zip.ts";
import { makeManager } from "../manager/manager-fixture.ts";
import { bundleApplication, installBinding } from "./bundle-application.ts";
import { BETTER_SQLITE, type NodeProgram, nodesThere } from "./node-programs.ts";
import { sqlElsewhere } from "./other-process.ts";
import type { RestoringOrder, RestoringReport } from "./restoring-application.ts";
import { namesIn } from "./snapshot-fixture.ts";

const ROWS = "CREATE TABLE rows (name); CREATE INDEX names ON rows (name); INSERT INTO rows VALUES ('one')";
const PAGE = 4096;
const OLD = { "app.db": "the old one", "deep/other.db": "the old one", "note.txt": "old" };
const MODES: readonly [string, RestoringOrder["checkDatabases"]][] = [
  ["by default", undefined],
  ["quick", "quick"],
  ["full", "full"],
];
const REFUSED = {
  code: "INVALID_ARCHIVE",
  reason: "database-damaged",
  message: expect.stringMatching(/app\.db.*checkDatabases: "off"/),
};
const nodes = nodesThere();
let programs: string;

beforeAll(async () => {
  if (nodes.length === 0) return;
  programs = await mkdtemp(join(tmpdir(), "stowage-restored-"));
  const [plain, equipped] = [join(programs, "plain"), join(programs, "equipped")];
  await mkdir(plain);
  await bundleApplication("restoring-application.ts", plain);
  await cp(plain, equipped, { recursive: true });
  await installBinding(equipped, BETTER_SQLITE);
});

afterAll(async () => {
  if (programs) await rm(programs, { recursive: true, force: true });
});

if (nodes.length === 0) test.skip("restored databases are checked: no SQLite is here", () => {});

describe.each(nodes.filter(({ canCopy }) => canCopy))("a restore on $name", (node) => {
  test.each(MODES)("takes a sound database without a word (%s)", async (_, mode) => {
    const { bytes, restore } = await backedUp(node, sound, mode);

    const { report, data } = await restore();

    expect(report).toEqual({ warnings: [], isSwapBegun: true });
    expect(data).toEqual({ ...OLD, "app.db": String(bytes), "note.txt": "new" });
  });

  test.each(MODES)("refuses one with a damaged page before anything is replaced (%s)", async (_, mode) => {
    const { dataDir, restore } = await backedUp(node, damagedPage, mode);

    const { report, data } = await restore();

    expect(report).toEqual({ error: expect.objectContaining(REFUSED), warnings: [], isSwapBegun: false });
    expect(data).toEqual(OLD);
    expect(await namesIn(join(dataDir, ".stowage"))).toEqual([]);
  });

  test("is refused by a drill too, which leaves nothing", async () => {
    const { dataDir, restore } = await backedUp(node, damagedPage, undefined, "drill");

    const { report, data } = await restore();

    expect(report.error).toMatchObject({ code: "INVALID_ARCHIVE", reason: "database-damaged" });
    expect(data).toEqual(OLD);
    expect(await namesIn(join(dataDir, ".stowage"))).toEqual([]);
  });

  test.each(MODES.slice(0, 2))("takes one whose index lacks a row (%s)", async (_, mode) => {
    const { report, data } = await (await backedUp(node, damagedIndex, mode)).restore();

    expect(report).toEqual({ warnings: [], isSwapBegun: true });
    expect(data["note.txt"]).toBe("new");
  });

  test('refuses one whose index lacks a row, with checkDatabases: "full"', async () => {
    const { report, data } = await (await backedUp(node, damagedIndex, "full")).restore();

    expect(report).toEqual({ error: expect.objectContaining(REFUSED), warnings: [], isSwapBegun: false });
    expect(data).toEqual(OLD);
  });

  test('brings a damaged one back as it is, with checkDatabases: "off"', async () => {
    const { bytes, dataDir, restore } = await backedUp(node, damagedPage, "off");

    const { report } = await restore();

    expect(report).toEqual({ warnings: [], isSwapBegun: true });
    expect((await readFile(join(dataDir, "app.db"))).equals(bytes)).toBe(true);
  });
});

describe.each(nodes.filter(({ canCopy }) => !canCopy))("a restore on $name", (node) => {
  test.each(MODES)("brings a database back that it cannot check, and names it (%s)", async (_, mode) => {
    const { bytes, dataDir, restore } = await backedUp(node, damagedPage, mode);

    const { report } = await restore();

    expect(report).toEqual({ warnings: [expect.stringContaining('"app.db"')], isSwapBegun: true });
    expect((await readFile(join(dataDir, "app.db"))).equals(bytes)).toBe(true);
  });
});

test.each([
  ["names what it brings back unchecked", undefined, [expect.stringContaining('"app.db"')]],
  ['says nothing with checkDatabases: "off"', "off", []],
] as const)("a restore without a helper %s", async (_, mode, expected) => {
  const { manager, dataDir } = await makeManager({ data: OLD, ...(mode && { checkDatabases: mode }) });
  const content = Buffer.concat([Buffer.from("SQLite format 3\0", "latin1"), Buffer.alloc(4080, 0xff)]);
  await manager.upload("a.zip", buildZip([{ name: "app.db", content }]));
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));

  await manager.restore("a.zip");
  await new Promise(setImmediate); // warnings come with the next tick

  expect(warnings).toEqual(expected);
  expect((await readFile(join(dataDir, "app.db"))).equals(content)).toBe(true);
});

type Maker = (database: Buffer) => Buffer;

const sound: Maker = (database) => database;

/** The second page, on which the table lies, is of no type that there is. */
const damagedPage: Maker = (database) => Buffer.from(database).fill(0xff, PAGE, PAGE + 200);

/** The third page, on which the index lies, holds another name than the table: what alone "integrity_check" looks at. */
const damagedIndex: Maker = (database) => {
  const damaged = Buffer.from(database);
  damaged.write("onf", damaged.indexOf("one", 2 * PAGE));
  return damaged;
};

/** An archive of a database, and the application that restores it over older data, in another process. */
async function backedUp(
  node: NodeProgram,
  make: Maker,
  checkDatabases: RestoringOrder["checkDatabases"],
  operation?: RestoringOrder["operation"],
) {
  const directory = await temporaryDirectory();
  const [dataDir, backups] = [join(directory, "data"), join(directory, "backups")];
  const path = join(directory, "made.db");
  sqlElsewhere(node, path, ROWS);
  const bytes = make(await readFile(path));
  await writeTree(dataDir, OLD);
  await mkdir(backups);
  const files = [
    { name: "app.db", content: bytes },
    { name: "deep/other.db", content: OLD["deep/other.db"] },
    { name: "note.txt", content: "new" },
  ];
  await writeFile(join(backups, "a.zip"), buildZip(files));
  const order: RestoringOrder = {
    dataDir,
    backups,
    ...(checkDatabases && { checkDatabases }),
    ...(operation && { operation }),
  };
  const restore = async () => {
    const program = join(programs, node.canCopy ? "equipped" : "plain", "child.mjs");
    const { stdout } = await promisify(execFile)(node.path, ["--no-warnings", program, JSON.stringify(order)]);
    return { report: JSON.parse(stdout) as RestoringReport, data: await readTree(dataDir) };
  };
  return { bytes, dataDir, restore };
}
