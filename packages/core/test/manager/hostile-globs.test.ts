import { readTree, writeTree } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupManager } from "../../src/index.ts";
import { archiveWith, DATA, expectRefused, HOSTILE, HostileGlobsProgram } from "./hostile-globs.ts";
import { makeManager } from "./manager-fixture.ts";

const LOOKS_WORSE = ["+(a|aa)b", "{1..99999999}", "{{{{", "a*".repeat(512), "**/a/**/b"];

let program: HostileGlobsProgram;

beforeAll(async () => {
  program = await HostileGlobsProgram.make();
});

afterAll(() => program.remove());

describe("a restore of an archive with globs that no expression matches in time", () => {
  /** Each takes all the time that it may; the slow tests try more. */
  it("refuses them before anything is replaced", () => expectRefused(program, HOSTILE.slice(0, 3)));

  it("refuses a thousand globs that take ages to compile", async () => {
    const glob = `${"*(a|".repeat(200)}${")".repeat(200)}`;

    const restored = await program.restoreEach([{ globs: Array.from({ length: 1_000 }, () => glob) }]);

    const outcome = { code: "INVALID_ARCHIVE", reason: "left-out-record" };
    expect(restored).toMatchObject([{ outcome, tree: DATA }]);
  });

  it("takes what looks worse than it is", async () => {
    const restored = await program.restoreEach(LOOKS_WORSE.map((glob) => ({ globs: [glob] })));

    const outcomes = restored.map(({ globs, outcome }) => [globs[0], outcome]);
    expect(outcomes).toEqual(LOOKS_WORSE.map((glob) => [glob, "restored"]));
  });
});

it("a record with names that the manager's own globs would match for ages is restored", async () => {
  const skipped = ["x/".repeat(200_000), ...Array.from({ length: 200 }, (_, index) => `${"x/".repeat(2_047)}${index}`)];

  const restored = await program.restoreEach([{ globs: [], skipped, exclude: ["**/*.log"] }]);

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
