import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { checkWalk } from "../../src/archive/create/creation-rules.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager } from "../../src/index.ts";
import { restorableNameSize } from "../../src/restore/folder/staged-path.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

const DATA = { "a/b": "12345", "a/c": "1234567", d: "" };

it.each([
  ["too-many-entries", { limits: { maxEntries: 3 } }, "raise limits.maxEntries"],
  ["file-too-large", { limits: { maxFileSize: 6 } }, "raise limits.maxFileSize"],
  ["total-too-large", { limits: { maxTotalSize: 11 } }, "raise limits.maxTotalSize"],
  ["required-file", { requiredFiles: ["d", "a"] }, "requiredFiles"],
  ["required-file", { requiredFiles: ["a/b"], exclude: ["a"] }, "requiredFiles"],
])("what a restore would refuse for %s is not stored, nor a byte of it sent", async (reason, options, wayOut) => {
  const { disk, calls } = faultyDisk(nodeDisk);
  const { manager, filesystem } = await makeManager({ data: DATA, disk, ...options });

  await expect(manager.create()).rejects.toMatchObject({
    code: "INVALID_ARCHIVE",
    reason,
    message: expect.stringMatching(`could not be restored: .*${wayOut}`),
  });

  expect(await keysOf(filesystem)).toEqual([]);
  expect(calls.filter((call) => call.startsWith("openFile"))).toEqual([]);
});

it("what is exactly at its limits is stored and restored", async () => {
  const limits = { maxEntries: 4, maxFileSize: 7, maxTotalSize: 12 };
  const { manager, dataDir } = await makeManager({ data: DATA, limits, requiredFiles: ["a/b"] });

  const { key } = await manager.create();
  await manager.verify(key);
  await manager.restore(key);

  expect(await readTree(dataDir)).toEqual(DATA);
});

it.each([["maxFileSize"], ["maxTotalSize"]])(
  "files that grow beyond %s after the walk are not stored",
  async (limit) => {
    let growing: Promise<void> | undefined;
    const { disk } = faultyDisk(nodeDisk, {
      before: async (call) => {
        if (call.startsWith("openFile")) growing ??= appendFile(`${fixture.dataDir}/a/c`, "grown");
        await growing;
      },
    });
    const fixture = await makeManager({ data: DATA, disk, limits: { [limit]: limit === "maxFileSize" ? 11 : 13 } });

    await expect(fixture.manager.create()).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: limit === "maxFileSize" ? "file-too-large" : "total-too-large",
    });

    expect(await keysOf(fixture.filesystem)).toEqual([]);
  },
);

it("a list of entries over 256 MiB is refused before anything is read", () => {
  const entry = { name: "n".repeat(4_000), size: 0, mode: 0, modifiedAtMs: 0, dev: 1, ino: 1 };
  const entries = Array.from({ length: 70_000 }, () => entry);
  const walk = {
    root: "/data",
    realRoot: "/data",
    rootIdentity: { dev: 1, ino: 1 },
    links: [],
    hardLinks: [],
    entries,
    skipped: [],
    size: 0,
  };
  const limits = { maxEntries: 200_000, maxTotalSize: 1, maxFileSize: 1 };
  const rules = { limits, requiredFiles: [], allowEmpty: false };

  const check = () => checkWalk(walk, rules);

  expect(check).toThrowError(expect.objectContaining({ reason: "central-directory-size" }));
});

it.runIf(process.platform === "linux")(
  "a path that a restore could not write is named by create, or skipped",
  async () => {
    const { manager, dataDir, filesystem } = await makeManager({ data: { "data.db": "1" } });
    const most = restorableNameSize(dataDir);
    const fits = await deepFile(dataDir, most);
    const longer = await deepFile(dataDir, most + 1);

    await expect(manager.create()).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringMatching(/1 entries.*path-too-long/),
    });
    expect(await keysOf(filesystem)).toEqual([]);

    const lenient = new BackupManager({ dataDir, filesystem, onUnreadable: "skip" });
    const { warnings } = await lenient.create({ name: "a.zip" });
    expect(warnings).toEqual([{ name: longer, reason: "path-too-long" }]);
    await manager.restore("a.zip");
    expect(Object.keys(await readTree(dataDir))).toEqual(expect.arrayContaining([fits, longer]));
  },
);

/** Makes a file whose name has so many bytes. Its directories are made one below the other, so that no path is too long. */
async function deepFile(root: string, size: number): Promise<string> {
  let directory = "";
  while (size - directory.length > 250) directory += `${"d".repeat(200)}/`;
  const name = `${directory}${"f".repeat(size - directory.length)}`;
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), "deep");
  return name;
}
