import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, vi } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type BackupManagerOptions, Filesystem } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";

async function place(data: Record<string, string> = { "data.db": "x" }) {
  const root = await temporaryDirectory();
  const dataDir = join(root, "data");
  await writeTree(dataDir, data);
  const stateDir = join(root, "state/deep");
  const filesystem = new Filesystem(new MemoryDriver());
  const make = (options: Partial<BackupManagerOptions> = {}) =>
    new BackupManager({ dataDir, filesystem, stateDir, workers: 0, ...options });
  return { root, dataDir, stateDir, file: join(stateDir, "history.jsonl"), make };
}

it("keeps what operations were, in whichever process, the newest first", async () => {
  const { make } = await place();
  const first = make();
  const { key, size } = await first.create();
  await first.verify(key);
  await expect(first.restore("none.zip")).rejects.toMatchObject({ code: "NOT_FOUND" });

  const told = await make().history();

  expect(told).toMatchObject([
    { operation: "restore", key: "none.zip", error: { code: "NOT_FOUND" } },
    { operation: "verify", key, entries: 1 },
    { operation: "create", key, size, entries: 1, warningCount: 0, warnings: [], error: undefined },
  ]);
  for (const { startedAt, finishedAt } of told) {
    expect(finishedAt?.getTime()).toBeGreaterThanOrEqual(startedAt.getTime());
  }
});

it("tells the status of a later process how the last operation of each kind ended", async () => {
  const { make } = await place();
  const before = make();
  for (const name of ["a.zip", "b.zip"]) await before.create({ name });
  await before.verify("a.zip");
  const later = make();
  expect(later.status().results).toEqual([]);

  await later.history();

  expect(later.status().results).toMatchObject([
    { operation: "verify", key: "a.zip" },
    { operation: "create", key: "b.zip" },
  ]);
});

it("has a name that got a number, as the events have", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-02T03:04:05Z") });
  const { make } = await place();
  const manager = make();
  const done = vi.fn();
  manager.on("done", done);
  try {
    for (let count = 0; count < 2; count++) await manager.create();
  } finally {
    vi.useRealTimers();
  }

  const keys = ["pb_backup_20260102030405_2.zip", "pb_backup_20260102030405.zip"];
  expect((await manager.history()).map(({ key }) => key)).toEqual(keys);
  expect(done.mock.calls.map(([{ key }]) => key)).toEqual(keys.toReversed());
});

it("knows of a create that was under way when its process ended", async () => {
  const { make, file } = await place();
  const hooks = { beforeSnapshot: () => readFile(file, "utf8").then((text) => void kept.push(text)) };
  const kept: string[] = [];
  await make({ hooks }).create({ name: "a.zip" });
  await writeFile(file, kept.join("")); // as after SIGKILL

  const [record] = await make().history();

  expect(record).toMatchObject({ operation: "create", key: "a.zip", by: { pid: process.pid } });
  expect(record?.finishedAt).toBeUndefined();
});

it("keeps 500 records, and skips lines that are none", async () => {
  const { make, stateDir, file } = await place();
  const line = (key: string) =>
    `${JSON.stringify({ operation: "create", key, startedAt: new Date(0).toISOString() })}\n`;
  await mkdir(stateDir, { recursive: true });
  await writeFile(file, '{"operation":"create","key":\nnull\n[]\n"x"\n');
  await appendFile(file, Array.from({ length: 600 }, (_, index) => line(`${index}.zip`)).join(""));

  const manager = make();
  await manager.create({ name: "new.zip" });
  const records = await manager.history();

  expect(records).toHaveLength(500);
  expect(records[0]).toMatchObject({ key: "new.zip" });
  expect(records.at(-1)).toMatchObject({ key: "101.zip" });
});

it("is replaced as a whole, and what a killed process left of a draft is in nobody's way", async () => {
  const { make, stateDir } = await place();
  await mkdir(stateDir, { recursive: true });
  await writeFile(join(stateDir, "history.jsonl.tmp"), "half of a li");

  await make().create({ name: "a.zip" });

  expect(await readdir(stateDir)).toEqual(["history.jsonl"]);
  expect(await make().history()).toMatchObject([{ key: "a.zip" }]);
});

it("keeps beyond them the last check of each backup, because it holds until there is another", async () => {
  const { make, stateDir, file } = await place();
  await mkdir(stateDir, { recursive: true });
  const at = new Date(0).toISOString();
  const line = (record: object) => `${JSON.stringify({ startedAt: at, finishedAt: at, key: "x.zip", ...record })}\n`;
  const bad = line({ operation: "verify", key: "bad.zip", error: { code: "INVALID_ARCHIVE" } });
  await writeFile(file, bad + bad + line({ operation: "create" }).repeat(600));

  const manager = make();
  await manager.create({ name: "new.zip" });

  const records = await manager.history();
  expect(records).toHaveLength(501);
  expect(records.at(-1)).toMatchObject({ operation: "verify", key: "bad.zip", error: { code: "INVALID_ARCHIVE" } });
});

it("is not written over what could not be read", async () => {
  const { make, file } = await place();
  for (const name of ["a.zip", "b.zip"]) await make().create({ name });
  const before = await readFile(file, "utf8");
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { disk } = faultyDisk(nodeDisk, {
    before: (call) => {
      if (call === `openFile ${file}`) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    },
  });
  const manager = make({ disk });
  await manager.create({ name: "c.zip" });

  expect(await readFile(file, "utf8")).toBe(before);
  expect(await manager.history()).toMatchObject([{ operation: "create", key: "c.zip" }]);
  expect(warned).toHaveBeenCalledOnce();
  warned.mockRestore();
});

describe("where it is kept", () => {
  it("is nowhere unless stateDir says so", async () => {
    const { dataDir, make, root } = await place();
    const manager = make({ stateDir: undefined });
    await manager.create({ name: "a.zip" });

    expect(await readdir(dataDir)).toEqual(["data.db"]);
    expect(await readdir(root)).toEqual(["data"]);
    expect(await manager.history()).toMatchObject([{ operation: "create", key: "a.zip" }]);
  });

  it("is among the data if it is asked for there, in no backup, and left alone by a restore", async () => {
    const { dataDir, make } = await place();
    const manager = make({ stateDir: undefined, history: true });
    expect((await manager.create({ name: "a.zip" })).warnings).toEqual([]);
    expect((await manager.create({ name: "b.zip" })).warnings).toEqual([]);

    await manager.restore("b.zip");

    expect(await manager.entries("b.zip")).toMatchObject([{ name: "data.db" }]);
    expect(await readdir(join(dataDir, ".stowage"))).toEqual(["history.jsonl"]);
    expect(await manager.history()).toHaveLength(3);
  });

  it("does not make a data directory that is not there", async () => {
    const { root, make } = await place();
    const manager = make({ dataDir: join(root, "unmounted"), stateDir: undefined, history: true });

    await expect(manager.create()).rejects.toThrow();

    expect(await readdir(root)).toEqual(["data"]);
  });

  it("is not behind a link", async () => {
    const { root, dataDir, make } = await place();
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await mkdir(join(root, "elsewhere"));
    await symlink(join(root, "elsewhere"), join(dataDir, "../state"));

    await make({ stateDir: join(root, "state") }).create({ name: "a.zip" });

    expect(await readdir(join(root, "elsewhere"))).toEqual([]);
    expect(warned.mock.calls.map(([message]) => message)).toEqual([expect.stringContaining("is no directory")]);
    warned.mockRestore();
  });
});

it("fails nothing: each disk call of it may fail, and is one warning", async () => {
  const { make, stateDir } = await place();
  await make().create({ name: "first.zip" });
  const isOfHistory = (call: string) => call.includes(stateDir);
  const { calls, disk } = faultyDisk(nodeDisk);
  await make({ disk }).create({ name: "counted.zip" });
  const count = calls.filter(isOfHistory).length;
  expect(count).toBeGreaterThan(10);

  for (let number = 0; number < count; number++) {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    let seen = 0;
    const faulty = faultyDisk(nodeDisk, {
      before: (call) => {
        if (isOfHistory(call) && seen++ === number) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
      },
    });

    await make({ disk: faulty.disk }).create({ name: `${number}.zip` });

    const told = warned.mock.calls.map(([message]) => String(message)).filter((text) => text.includes("history"));
    expect([number, told.length]).toEqual([number, expect.toBeOneOf([0, 1])]);
    expect(await make().history()).not.toEqual([]);
    warned.mockRestore();
  }
});
