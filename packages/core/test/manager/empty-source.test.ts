import { rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { readTree, writeTree } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { BackupManager } from "../../src/index.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

it.each([
  ["nothing", {}, {}],
  ["directories only", { "a/b/": "", "c/": "" }, {}],
  ["nothing but what is excluded", { "cache/a": "1", "b.log": "2" }, { exclude: ["cache", "*.log"] }],
  ["nothing but what is left out anyway", { "lost+found/#1": "x", ".stowage/lost/a": "y", "backups/z.zip": "z" }, {}],
])("a data directory that holds %s is SOURCE_EMPTY, and its last backup stays the newest", async (_, data, options) => {
  const { manager, filesystem } = await makeManager({ data, ...options });

  await expect(manager.create()).rejects.toMatchObject({
    code: "SOURCE_EMPTY",
    retryable: false,
    message: expect.stringMatching(/mounted.*allowEmpty/),
  });

  expect(await keysOf(filesystem)).toEqual([]);
});

it.runIf(process.getuid?.() !== 0)(
  "a directory whose files cannot be read, and are skipped, is SOURCE_EMPTY",
  async () => {
    const { manager, dataDir } = await makeManager({ data: { a: "1" }, onUnreadable: "skip" });
    await chmod(`${dataDir}/a`, 0);

    await expect(manager.create()).rejects.toMatchObject({ code: "SOURCE_EMPTY" });
  },
);

it("a data directory whose files all vanish while the archive is made is no backup", async () => {
  const { manager, dataDir, filesystem } = await makeManager({ data: { "a/b": "1" } });
  manager.on("progress", ({ phase, entriesDone }) => {
    if (phase === "archive" && entriesDone === 0) rmSync(`${dataDir}/a/b`);
  });

  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "SOURCE_CHANGED" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("allowEmpty, of the manager or of one call, makes a backup of an empty directory that restores", async () => {
  const { manager, dataDir, filesystem } = await makeManager({ data: {} });
  const lenient = new BackupManager({ dataDir, filesystem, allowEmpty: true });

  await expect(lenient.create({ name: "never.zip", allowEmpty: false })).rejects.toMatchObject({
    code: "SOURCE_EMPTY",
  });
  await manager.create({ name: "one.zip", allowEmpty: true });
  await lenient.create({ name: "two.zip" });
  await writeTree(dataDir, { later: "x" });
  await expect(manager.restore("two.zip")).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason: "no-files" });
  await manager.restore("two.zip", { allowEmpty: true });

  expect(await keysOf(filesystem)).toEqual(["one.zip", "two.zip"]);
  expect(await readTree(dataDir)).toEqual({});
});
