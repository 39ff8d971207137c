import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { MemoryDriver } from "@stowage/memory";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type BackupManagerOptions, Filesystem } from "../../src/index.ts";
import { currentProcess } from "../../src/lock/process-identity.ts";
import { newSnapshotName } from "../../src/snapshot/snapshot-name.ts";
import { keysOf } from "../manager/keys-of.ts";

const DATA = { "a/one": "1", "data.db": "a database", "empty/": "" };

async function place(options: Partial<BackupManagerOptions> = {}) {
  const root = await temporaryDirectory();
  const dataDir = join(root, "data");
  await writeTree(dataDir, DATA);
  const stateDir = join(root, "state");
  const filesystem = new Filesystem(new MemoryDriver());
  const make = (more: Partial<BackupManagerOptions> = {}) =>
    new BackupManager({ dataDir, filesystem, stateDir, workers: 0, ...options, ...more });
  return { root, dataDir, stateDir, filesystem, make, manager: make() };
}

async function rot(filesystem: Filesystem, key: string): Promise<void> {
  const { content } = await filesystem.read(key);
  const bytes = await buffer(content);
  const at = bytes.indexOf("a database"); // too short to be compressed
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await filesystem.delete(key);
  await filesystem.write(key, bytes);
}

describe("a drill", () => {
  it("restores the newest backup elsewhere, lets the application look, and leaves nothing but its record", async () => {
    const { manager, stateDir, dataDir } = await place();
    await manager.create({ name: "pb_backup_20200101000000.zip" });
    const { key } = await manager.create();
    const seen: unknown[] = [];

    const report = await manager.drill({
      check: async (directory) => {
        seen.push(await readTree(directory));
      },
    });

    expect(seen).toEqual([DATA]);
    expect(report).toMatchObject({ key, entries: 4, warnings: [] });
    expect(await readdir(stateDir)).toEqual(["history.jsonl"]);
    expect(await readTree(dataDir)).toEqual(DATA);
    const [record] = await manager.history();
    expect(record).toMatchObject({ operation: "drill", key, entries: 4, error: undefined });
  });

  it("finds an archive that has rotted, which counts as damaged from then on", async () => {
    const { manager, filesystem } = await place();
    const good = await manager.create({ name: "pb_backup_20200101000000.zip" });
    const { key } = await manager.create();
    await rot(filesystem, key);

    await expect(manager.drill()).rejects.toMatchObject({ code: "INVALID_ARCHIVE", operation: "drill" });

    const [record] = await manager.history();
    expect(record).toMatchObject({ operation: "drill", key, error: { code: "INVALID_ARCHIVE" } });
    expect(await manager.checkHealth({ maxAgeMs: 1e15 })).toMatchObject({
      healthy: false,
      count: 1,
      newest: { key: good.key },
    });
    expect(await manager.drill()).toMatchObject({ key: good.key });
  });

  it("fails of a check that throws, and removes what it restored", async () => {
    const { manager, stateDir } = await place();
    await manager.create();

    const check = () => Promise.reject(new Error("there is no user in it"));
    await expect(manager.drill({ check })).rejects.toMatchObject({
      ...{ code: "INVALID_ARCHIVE", reason: "check-failed" },
      message: expect.stringContaining("there is no user in it"),
    });

    expect(await readdir(stateDir)).toEqual(["history.jsonl"]);
  });

  it("verifies every byte without writing it where there is no room, and says so", async () => {
    const full = { ...nodeDisk, freeSpace: async () => 3 };
    const { manager, make, stateDir } = await place();
    const { key } = await manager.create();

    const report = await make({ disk: full }).drill();

    expect(report).toMatchObject({ key, warnings: [{ name: key, reason: "not-extracted" }] });
    expect(await readdir(stateDir)).toEqual(["history.jsonl"]);
    await expect(make({ disk: full }).drill({ check: () => {} })).rejects.toMatchObject({ code: "NO_SPACE" });
  });

  it("leaves a check behind that does not end, once it is told to stop", async () => {
    const { manager } = await place();
    await manager.create();
    const controller = new AbortController();
    const check = async () => {
      controller.abort();
      await new Promise(() => {});
    };

    const drill = manager.drill({ check, signal: controller.signal });
    await expect(drill).rejects.toMatchObject({ code: "ABORTED", operation: "drill" });
  });

  it("clears away what a killed one left", async () => {
    const { manager, stateDir } = await place();
    await manager.create();
    const left = await leftOfAKilledProcess(stateDir);

    await manager.drill();

    expect(await readdir(stateDir)).toEqual(["history.jsonl"]);
    expect(left).toMatch(/^snapshot-/);
  });

  it("is NOT_FOUND where there is no backup, and of a key that is not there", async () => {
    const { manager, filesystem } = await place();

    await expect(manager.drill()).rejects.toMatchObject({ code: "NOT_FOUND", operation: "drill" });
    await manager.create({ name: "a.zip" });
    await expect(manager.drill({ key: "none.zip" })).rejects.toMatchObject({ code: "NOT_FOUND", key: "none.zip" });
    await expect(manager.drill({ key: "../a.zip" })).rejects.toMatchObject({ code: "INVALID_KEY" });
    expect(await keysOf(filesystem)).toEqual(["a.zip"]);
  });
});

/** A folder of copies, as of a process that is gone. */
async function leftOfAKilledProcess(stateDir: string): Promise<string> {
  const name = newSnapshotName({ ...(await currentProcess()), pid: 4_194_305 });
  await mkdir(join(stateDir, name, "data"), { recursive: true });
  return name;
}
