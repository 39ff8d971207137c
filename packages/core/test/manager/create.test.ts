import { setTimeout as delay } from "node:timers/promises";
import { failNthCall } from "@stowage/contract-tests";
import { readTree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, Filesystem, type FilesystemDriver } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

const BUSY = "Try again later - another backup/restore process has already been started.";

describe("create", () => {
  it("stores an archive that brings the data back", async () => {
    const { manager, dataDir } = await makeManager();

    const backup = await manager.create({ name: "one.zip" });
    await nodeDisk.removeFile(`${dataDir}/data.db`);
    await manager.restore("one.zip");

    expect(backup).toMatchObject({ key: "one.zip", warnings: [] });
    expect(backup.entries).toBe(6);
    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("compresses as hard as it is told", async () => {
    const sizes = [0, 1, 9].map(async (level) => {
      const { manager, dataDir } = await makeManager({ level });
      await writeTree(dataDir, { "words.txt": "all work and no play makes jack a dull boy. ".repeat(1_000) });
      return (await manager.create()).size;
    });

    const [stored = 0, fast = 0, best = 0] = await Promise.all(sizes);

    expect(stored).toBeGreaterThan(10 * fast);
    expect(fast).toBeGreaterThan(best);
  });

  it("names a backup by the second, and numbers further ones of the same second", async () => {
    const { manager, filesystem } = await makeManager({ namePrefix: "nightly-" });

    for (let count = 0; count < 3; count++) await manager.create();

    const keys = await keysOf(filesystem);
    expect(keys).toHaveLength(3);
    for (const key of keys) expect(key).toMatch(/^nightly-\d{14}(_\d)?\.zip$/);
  });

  it.each([
    ["", "length-out-of-range"],
    [`${"a".repeat(147)}.zip`, "length-out-of-range"],
    ["Upper.zip", "pattern-mismatch"],
    ["../a.zip", "pattern-mismatch"],
    ["a.tar", "pattern-mismatch"],
    [".zip", "pattern-mismatch"],
    ["a.zip\n", "pattern-mismatch"],
  ])("refuses the name %j", async (name, reason) => {
    const { manager, filesystem } = await makeManager();

    await expect(manager.create({ name })).rejects.toMatchObject({ code: "INVALID_NAME", reason });
    expect(await keysOf(filesystem)).toEqual([]);
  });

  it("leaves what lies under a taken name as it was", async () => {
    const { manager, filesystem } = await makeManager();
    await filesystem.write("taken.zip", Buffer.from("mine"));

    await expect(manager.create({ name: "taken.zip" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect((await filesystem.stat("taken.zip")).size).toBe(4);
  });

  it("runs once of 50 at the same time, and the others say so", async () => {
    const { manager, filesystem } = await makeManager();

    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => manager.create({ name: `n${n}.zip` })),
    );

    const failures = results.filter((result) => result.status === "rejected").map(({ reason }) => reason);
    expect(failures).toHaveLength(49);
    for (const failure of failures) expect(failure).toMatchObject({ code: "BUSY", message: BUSY });
    expect(await keysOf(filesystem)).toHaveLength(1);
    await expect(manager.create({ name: "later.zip" })).resolves.toMatchObject({ key: "later.zip" });
  });

  it("protects the key that it is creating", async () => {
    let attempt: Promise<unknown> = Promise.resolve();
    const { manager } = await makeManager({
      hooks: {
        beforeSnapshot: ({ key }) => {
          attempt = Promise.allSettled([manager.delete(key), manager.upload(key, Buffer.from("PK"))]);
        },
      },
    });

    await manager.create({ name: "active.zip" });

    const busy = { status: "rejected", reason: { code: "BUSY", message: BUSY } };
    expect(await attempt).toMatchObject([busy, busy]);
    await expect(manager.delete("active.zip")).resolves.toBeUndefined();
  });

  it("stores nothing and frees the lock after an abort", async () => {
    const { manager, filesystem } = await makeManager();
    const controller = new AbortController();
    const abort = manager.on("progress", ({ phase }) => phase === "archive" && controller.abort(new Error("enough")));

    const create = manager.create({ name: "a.zip", signal: controller.signal });

    await expect(create).rejects.toMatchObject({ name: "AbortError", code: "ABORTED", cause: { message: "enough" } });
    abort();
    expect(await keysOf(filesystem)).toEqual([]);
    expect(manager.status().active).toBeUndefined();
    await expect(manager.create({ name: "a.zip" })).resolves.toMatchObject({ key: "a.zip" });
  });

  it("reports progress up to the totals, and events from start to done", async () => {
    const { manager } = await makeManager();
    const events: string[] = [];
    manager.on("start", ({ operation, key }) => events.push(`start ${operation} ${key}`));
    manager.on("done", ({ operation, key }) => events.push(`done ${operation} ${key}`));
    const progress: { phase: string; bytesDone: number; bytesTotal: number; entriesDone: number }[] = [];

    await manager.create({ name: "a.zip", onProgress: (step) => progress.push(step) });

    expect(events).toEqual(["start create a.zip", "done create a.zip"]);
    const last = progress.at(-1);
    expect(last).toMatchObject({ phase: "archive", entriesDone: 6, bytesDone: last?.bytesTotal });
  });

  it("tells listeners of a failure, and a listener that throws harms nobody", async () => {
    const wrap = (driver: FilesystemDriver) => failNthCall(driver, { verb: "write", nth: 1 });
    const { manager } = await makeManager({ lock: "required", wrap });
    const codes: string[] = [];
    manager.on("failed", ({ error }) => codes.push(error.code));
    const warned = new Promise((resolve) => process.once("warning", resolve));
    manager.on("failed", () => {
      throw new Error("the listener's own");
    });

    await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ operation: "create", key: "a.zip" });

    expect(codes).toHaveLength(1);
    expect(manager.status().last).toMatchObject({ operation: "create", key: "a.zip", error: { code: codes[0] } });
    await expect(warned).resolves.toMatchObject({ message: "the listener's own" });
  });

  it("runs afterSnapshot after a failure too, and fails when a hook fails", async () => {
    const calls: string[] = [];
    const { manager, filesystem } = await makeManager({
      hooks: {
        beforeSnapshot: () => {
          calls.push("before");
          throw new Error("not now");
        },
        afterSnapshot: () => void calls.push("after"),
      },
    });

    await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ cause: { message: "not now" } });
    expect(calls).toEqual(["before", "after"]);
    expect(await keysOf(filesystem)).toEqual([]);
  });

  it("leaves out what is excluded, and its own storage wherever it lies", async () => {
    const { LocalDriver } = await import("@stowage/local");
    const { dataDir } = await makeManager({ data: { ...DATA, "cache/x": "1", "a/tmp/y": "2", "backups/z.zip": "3" } });
    const filesystem = new Filesystem(new LocalDriver({ directory: `${dataDir}/a/store` }));
    const manager = new BackupManager({ dataDir, filesystem, exclude: ["cache", "**/tmp"] });

    await manager.create({ name: "one.zip" });
    await manager.create({ name: "two.zip" });

    const names = (await manager.entries("two.zip")).map(({ name }) => name);
    expect(names.filter((name) => /cache|tmp|backups|store/.test(name))).toEqual([]);
    await manager.restore("one.zip");
    const after = await readTree(dataDir);
    expect(after).toMatchObject({ ...DATA, "cache/x": "1", "a/tmp/y": "2", "backups/z.zip": "3" });
    expect(Object.keys(after).filter((name) => /^a\/store\/[^.]/.test(name))).toEqual([
      "a/store/one.zip",
      "a/store/two.zip",
    ]);
  });

  it("refuses to keep backups among the data itself", async () => {
    const { LocalDriver } = await import("@stowage/local");
    const { dataDir } = await makeManager();
    const filesystem = new Filesystem(new LocalDriver({ directory: dataDir }));

    await expect(new BackupManager({ dataDir, filesystem }).create()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await readTree(dataDir)).toEqual(DATA);
  });
});

describe("a create whose disk or storage fails once", () => {
  it("leaves old objects and data as they were, nothing else, and a free lock, at every disk call", async () => {
    for (let failAt = 1; ; failAt++) {
      const faulty = faultyDisk(nodeDisk, { failAt });
      const { manager, filesystem, dataDir } = await makeManager({ disk: faulty.disk });
      await filesystem.write("old.zip", Buffer.from("old"));

      const failure = await manager.create({ name: "new.zip" }).then(
        () => undefined,
        (error: unknown) => error,
      );

      const where = `call ${failAt}: ${faulty.calls[failAt - 1]}`;
      expect(faulty.openFiles, where).toBe(0);
      expect(await readTree(dataDir), where).toEqual(DATA);
      expect(manager.status().active, where).toBeUndefined();
      const hasEnded = failAt > faulty.calls.length;
      if (hasEnded) return expect(failure).toBeUndefined();
      if (failure === undefined) await manager.verify("new.zip");
      expect(await keysOf(filesystem), where).toEqual(failure === undefined ? ["new.zip", "old.zip"] : ["old.zip"]);
      if (failure !== undefined)
        expect(failure, where).toMatchObject({ code: expect.any(String), operation: expect.any(String) });
    }
  });

  it("does so at every driver call", async () => {
    for (let nth = 1; ; nth++) {
      const wrap = (driver: FilesystemDriver) => failNthCall(driver, { nth });
      const { manager, filesystem } = await makeManager({ lock: "required", wrap });

      const failure = await manager.create({ name: "new.zip" }).then(
        () => undefined,
        (error: unknown) => error,
      );

      if (failure === undefined) return expect(nth).toBeGreaterThan(2);
      expect(failure).toMatchObject({ code: expect.any(String) });
      expect(await keysOf(filesystem)).toEqual([]);
      await delay(0);
      await expect(manager.create({ name: "new.zip" })).resolves.toMatchObject({ key: "new.zip" });
    }
  });
});
