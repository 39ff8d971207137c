import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { memoryFilesystem } from "@stowage/memory";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { BackupManager } from "../../src/index.ts";
import { makeManager } from "./manager-fixture.ts";

const backup = async () => {};

test.each([
  ["databases", { databases: "none" }],
  ["databases", { databases: ["app.db"] }],
  ["databases", { databases: { "app.db": {} } }],
  ["databases", { databases: { "/app.db": { backup } } }],
  ["databases", { databases: { "a/../../app.db": { backup } } }],
  ["stateDir", { stateDir: "" }],
  ["stateDir", { stateDir: "data/state" }],
  ["stateDir", { stateDir: "data" }],
  ["onChanged", { onChanged: "retry" }],
])("a wrong option %s is CONFIG_INVALID and named (%#)", (name, wrong) => {
  const make = () => new BackupManager({ dataDir: "data", filesystem: memoryFilesystem(), ...(wrong as object) });

  expect(make).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(name) }));
});

test("a stateDir beside the data or in its .stowage is right", () => {
  const filesystem = memoryFilesystem();
  for (const stateDir of ["state", "data/.stowage", "data/.stowage/copies", resolve("/elsewhere")]) {
    expect(() => new BackupManager({ dataDir: "data", filesystem, stateDir })).not.toThrow();
  }
});

test("what the application hands over is what the archive holds, and its progress is a phase of its own", async () => {
  const { dataDir, manager } = await makeManager({
    data: { "app.db": "secret", "a.txt": "a" },
    databases: { "app.db": { backup: (path) => writeFile(path, "a copy") } },
  });
  const phases: string[] = [];

  const { warnings, entries } = await manager.create({ name: "a.zip", onProgress: ({ phase }) => phases.push(phase) });

  expect(warnings).toEqual([]);
  expect(entries).toBe(2);
  expect([...new Set(phases)]).toEqual(["walk", "snapshot", "archive"]);
  const to = join(await temporaryDirectory(), "out");
  await manager.extract("a.zip", { to });

  expect(await readFile(join(to, "app.db"), "utf8")).toBe("a copy");
  expect((await readdir(dataDir)).sort()).toEqual(["a.txt", "app.db"]);
});
