import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bundle } from "@stowage/test-kit/program";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupManager } from "../../src/index.ts";
import { buildZip } from "../archive/build-zip.ts";
import type { HostileOrder } from "./hostile-globs-child.ts";
import { makeManager } from "./manager-fixture.ts";

const WATCHDOG_MS = 30_000;
const DATA = {
  "data.db": "old",
  ["a".repeat(200)]: "old",
  [`${"a/".repeat(60)}c`]: "old",
  [`${"a".repeat(40)}c`]: "old",
};

const HOSTILE = [
  "**/a/**/a/**/a/**/a/**/a/**/a/**/b",
  "*a*a*a*a*a*a*a*b",
  "(a+)+b",
  "(a|a?)+b",
  "+(a?|aa)b",
  "!(*a*a*a*a*a*a*a*b)",
  "[a]+".repeat(9).concat("b"),
  "?(a)".repeat(60).concat("b"),
  "{a,a}".repeat(60).concat("b"),
  "{a*,{a*,{a*,a*}}}".repeat(10).concat("b"),
];
const LOOKS_WORSE = ["+(a|aa)b", "{1..99999999}", "{{{{", "a*".repeat(512), "**/a/**/b"];

let directory: string;
let program: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "stowage-core-"));
  program = await bundle(fileURLToPath(new URL("hostile-globs-child.ts", import.meta.url)), directory);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a restore of an archive with globs that no expression matches in time", () => {
  it("refuses them before anything is replaced", async () => {
    const restored = await restoreInChild(HOSTILE.map((glob) => ({ globs: [glob] })));

    expect(restored).toHaveLength(HOSTILE.length);
    for (const { outcome, tree, globs } of restored) {
      expect(outcome, globs[0]).toMatchObject({ code: "INVALID_ARCHIVE", reason: "left-out-record" });
      expect(tree, globs[0]).toEqual(DATA);
    }
  });

  it("refuses a thousand globs that take ages to compile", async () => {
    const glob = `${"*(a|".repeat(200)}${")".repeat(200)}`;

    const restored = await restoreInChild([{ globs: Array.from({ length: 1_000 }, () => glob) }]);

    const outcome = { code: "INVALID_ARCHIVE", reason: "left-out-record" };
    expect(restored).toMatchObject([{ outcome, tree: DATA }]);
  });

  it("takes what looks worse than it is", async () => {
    const restored = await restoreInChild(LOOKS_WORSE.map((glob) => ({ globs: [glob] })));

    const outcomes = restored.map(({ globs, outcome }) => [globs[0], outcome]);
    expect(outcomes).toEqual(LOOKS_WORSE.map((glob) => [glob, "restored"]));
  });
});

it("a record with names that the manager's own globs would match for ages is restored", async () => {
  const skipped = ["x/".repeat(200_000), ...Array.from({ length: 200 }, (_, index) => `${"x/".repeat(2_047)}${index}`)];

  const restored = await restoreInChild([{ globs: [], skipped, exclude: ["**/*.log"] }]);

  expect(restored).toMatchObject([{ outcome: "restored" }]);
  expect(restored[0]?.tree).toEqual({ "data.db": "new" });
});

describe("the number of globs and their length", () => {
  const most = Array.from({ length: 1_000 }, (_, index) => `${index}`.padEnd(1_024, "x"));

  it("is the same for those who create and those who restore", async () => {
    const { manager, dataDir, filesystem } = await makeManager({ data: { "data.db": "old" }, exclude: most });
    await manager.create({ name: "a.zip" });
    await writeTree(dataDir, { "data.db": "changed" });

    await new BackupManager({ dataDir, filesystem }).restore("a.zip");

    expect(await readTree(dataDir)).toEqual({ "data.db": "old" });
  });

  it.each([
    ["one glob more", [...most, "x"], "1001 globs"],
    ["one character more", ["y", "x".repeat(1_025)], "1025 characters"],
  ])("is bounded: %s", async (_, globs, message) => {
    await expect(makeManager({ exclude: globs })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(message),
    });
    const { manager, filesystem } = await makeManager({ data: { "data.db": "old" } });
    await filesystem.write("a.zip", [archiveWith(globs)]);
    await expect(manager.restore("a.zip")).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: "left-out-record",
      message: expect.stringContaining(message),
    });
  });
});

interface Hostile {
  readonly globs: readonly string[];
  readonly skipped?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Restores each over {@link DATA} in a process that is killed if it hangs. */
async function restoreInChild(each: readonly Hostile[]) {
  const orders: HostileOrder[] = [];
  for (const { globs, skipped = [], exclude = [] } of each) {
    const dataDir = join(await temporaryDirectory(), "data");
    await writeTree(dataDir, DATA);
    orders.push({ dataDir, archive: archiveWith(globs, skipped).toString("base64"), exclude });
  }
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const watchdog = setTimeout(() => child.kill("SIGKILL"), WATCHDOG_MS);
  child.stdin.end(JSON.stringify(orders));
  const outcomes = (await text(child.stdout)).split("\n").slice(0, -1);
  clearTimeout(watchdog);
  expect(child.signalCode ?? "ended", `hangs at ${each[outcomes.length]?.globs[0]}`).toBe("ended");
  const trees = await Promise.all(orders.map(({ dataDir }) => readTree(dataDir)));
  return each.map(({ globs }, index) => ({
    globs,
    outcome: JSON.parse(outcomes[index] ?? "null"),
    tree: trees[index],
  }));
}

function archiveWith(globs: readonly string[], names: readonly string[] = []): Buffer {
  const skipped = names.map((name) => ({ name, reason: "fifo" }));
  const record = JSON.stringify({ version: 1, exclude: globs, skipped });
  return buildZip([
    { name: "data.db", content: "new" },
    { name: ".stowage/left-out.json", content: record },
  ]);
}
