import { readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { readTree, temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, Filesystem } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { DATA, type Fixture, keysOf, makeManager } from "./manager-fixture.ts";

describe("list", () => {
  it("names the backups, newest first", async () => {
    const { manager, filesystem } = await makeManager();
    expect(await manager.list()).toEqual([]);

    for (const key of ["b.zip", "c.zip", "a.zip"]) {
      const { modifiedAt } = await filesystem.write(key, Buffer.from(key));
      while (Date.now() <= modifiedAt.getTime()) await new Promise(setImmediate);
    }

    const backups = await manager.list();
    expect(backups.map(({ key }) => key)).toEqual(["a.zip", "c.zip", "b.zip"]);
    expect(backups[0]).toEqual({ key: "a.zip", size: 5, modifiedAt: expect.any(Date) });
  });
});

describe("upload", () => {
  it.each(["archive", "magic"] as const)("stores an archive made elsewhere, checked by its %s", async (check) => {
    const { manager, filesystem } = await makeManager();
    const bytes = await archiveBytes();

    const backup = await manager.upload("theirs.zip", Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), {
      check,
    });

    expect(backup).toMatchObject({ key: "theirs.zip", size: bytes.length });
    expect(await bytesAt(filesystem, "theirs.zip")).toEqual(bytes);
  });

  it.each([
    ["archive", Buffer.from("no zip")],
    ["archive", Buffer.alloc(0)],
    ["archive", Buffer.from("504b0304", "hex")],
    ["magic", Buffer.from("no zip")],
    ["magic", Buffer.from("PK")],
    ["magic", Buffer.alloc(0)],
  ] as const)("refuses what is no archive by its %s: %s", async (check, bytes) => {
    const { manager, filesystem, dataDir } = await makeManager();

    await expect(manager.upload("bad.zip", bytes, { check })).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
    expect(await keysOf(filesystem)).toEqual([]);
    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("leaves a taken key as it was and lets go of the content", async () => {
    const { manager, filesystem } = await makeManager();
    await filesystem.write("taken.zip", Buffer.from("mine"));
    const content = new Readable({ read() {} });

    await expect(manager.upload("taken.zip", content)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect(content.destroyed).toBe(true);
    expect(await bytesAt(filesystem, "taken.zip")).toEqual(Buffer.from("mine"));
  });

  it("leaves nothing when the sender disconnects or stalls until the signal aborts", async () => {
    const { manager, filesystem, dataDir } = await makeManager();
    const bytes = await archiveBytes();
    const broken = new Readable({ read() {} });
    broken.push(bytes.subarray(0, 100));
    const stalled = new Readable({ read() {} });
    stalled.push(bytes.subarray(0, 100));
    const controller = new AbortController();

    const uploads = [manager.upload("a.zip", broken), manager.upload("b.zip", stalled, { signal: controller.signal })];
    broken.destroy(new Error("connection reset"));
    setImmediate(() => controller.abort());

    expect(await Promise.allSettled(uploads)).toMatchObject([
      { reason: { code: "SOURCE_UNREADABLE", cause: { message: "connection reset" } } },
      { reason: { code: "ABORTED" } },
    ]);
    expect(await keysOf(filesystem)).toEqual([]);
    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("leaves nothing at every disk call that fails", async () => {
    const bytes = await archiveBytes();
    for (let failAt = 1; ; failAt++) {
      const faulty = faultyDisk(nodeDisk, { failAt });
      const { manager, filesystem, dataDir } = await makeManager({ disk: faulty.disk });

      const failure = await manager.upload("a.zip", bytes).then(
        () => undefined,
        (error: unknown) => error,
      );

      const where = `call ${failAt}: ${faulty.calls[failAt - 1]}`;
      expect(faulty.openFiles, where).toBe(0);
      expect((await readdir(dataDir)).sort(), where).not.toContain("upload");
      expect(await keysOf(filesystem), where).toEqual(failure === undefined ? ["a.zip"] : []);
      if (failAt > faulty.calls.length) return expect(failure).toBeUndefined();
    }
  });
});

describe("download and delete", () => {
  it("hands out an archive whole and by ranges", async () => {
    const { manager, filesystem } = await makeManager();
    await filesystem.write("a.zip", Buffer.from("0123456789"));

    const whole = await manager.download("a.zip");
    const part = await manager.download("a.zip", { range: { start: 2, end: 5 } });

    expect(whole.info.size).toBe(10);
    expect(await buffer(whole.content)).toEqual(Buffer.from("0123456789"));
    expect(await buffer(part.content)).toEqual(Buffer.from("234"));
  });

  it("deletes what is there and says when it is not", async () => {
    const { manager, filesystem } = await makeManager();
    await filesystem.write("a.zip", Buffer.from("x"));

    await manager.delete("a.zip");

    expect(await keysOf(filesystem)).toEqual([]);
    await expect(manager.delete("a.zip")).rejects.toMatchObject({ code: "NOT_FOUND", key: "a.zip" });
    await expect(manager.delete("../x")).rejects.toMatchObject({ code: "INVALID_KEY" });
    await expect(manager.download("a.zip")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("verify, entries and extract", () => {
  it("reads an archive through and finds it whole", async () => {
    const { manager } = await backedUp();

    expect(await manager.verify("a.zip")).toEqual({ entries: 6, size: 100_017, skipped: [], warnings: [] });
  });

  it("finds a flipped bit anywhere in the content of an entry", async () => {
    const { manager, filesystem } = await backedUp();
    const bytes = await bytesAt(filesystem, "a.zip");
    bytes.write("A", bytes.indexOf("a database"));
    await filesystem.write("b.zip", bytes);

    await expect(manager.verify("b.zip")).rejects.toMatchObject({ code: "INVALID_ARCHIVE", key: "b.zip" });
  });

  it("lists the entries of an archive by reading only its end", async () => {
    const { manager } = await backedUp();

    const entries = await manager.entries("a.zip");

    const names = ["data.db", "empty/", "logs/", "logs/app.log", "uploads/", "uploads/größe 😀.txt"];
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(entries[3]).toMatchObject({ type: "file", size: 100_000 });
  });

  it("extracts what is selected elsewhere, by globs or a function", async () => {
    const { manager } = await backedUp();
    const to = `${await temporaryDirectory()}/out`;

    const report = await manager.extract("a.zip", { select: ["uploads/**"], to });

    expect(report.size).toBe(7);
    expect(await readTree(to)).toEqual({ "uploads/größe 😀.txt": "unicode" });
    await expect(manager.extract("a.zip", { to })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const other = await temporaryDirectory();
    await manager.extract("a.zip", { select: (name) => name === "data.db", to: other });
    expect(await readTree(other)).toEqual({ "data.db": "a database" });
  });

  it("leaves the target as it was after a failed extract", async () => {
    const { manager, filesystem } = await backedUp();
    const bytes = await bytesAt(filesystem, "a.zip");
    bytes.write("x", bytes.indexOf("unicode"));
    await filesystem.write("b.zip", bytes);
    const parent = await temporaryDirectory();

    const extract = manager.extract("b.zip", { to: `${parent}/missing` });

    await expect(extract).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
    expect(await readdir(parent)).toEqual([]);
  });
});

describe("a filesystem that cannot be opened", () => {
  it("fails every operation with the same message, and the next call recovers", async () => {
    let isDown = true;
    const { dataDir, filesystem } = await makeManager();
    const down = new Error("connection refused");
    const manager = new BackupManager({
      dataDir,
      filesystem: async () => {
        if (isDown) throw down;
        return filesystem;
      },
    });
    const operations = {
      create: () => manager.create(),
      list: () => manager.list(),
      upload: () => manager.upload("a.zip", Buffer.from("x")),
      download: () => manager.download("a.zip"),
      delete: () => manager.delete("a.zip"),
      restore: () => manager.restore("a.zip"),
      verify: () => manager.verify("a.zip"),
      entries: () => manager.entries("a.zip"),
      extract: () => manager.extract("a.zip", { to: `${dataDir}-out` }),
    };

    for (const [operation, run] of Object.entries(operations)) {
      await expect(run(), operation).rejects.toMatchObject({
        code: "FILESYSTEM_UNAVAILABLE",
        message: "Failed to load backups filesystem.",
        cause: down,
      });
    }
    isDown = false;
    await expect(manager.create({ name: "a.zip" })).resolves.toMatchObject({ key: "a.zip" });
  });

  it("names the driver's error as cause and tries again with the next call", async () => {
    const { MemoryDriver } = await import("@stowage/memory");
    const driver = new MemoryDriver();
    let failures = 1;
    const open = driver.open.bind(driver);
    driver.open = async () => {
      if (failures-- > 0) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      await open();
    };
    const { dataDir } = await makeManager();
    const manager = new BackupManager({ dataDir, filesystem: new Filesystem(driver) });

    const failure = { code: "FILESYSTEM_UNAVAILABLE", cause: { operation: "open", cause: { message: "refused" } } };
    await expect(manager.list()).rejects.toMatchObject(failure);
    await expect(manager.list()).resolves.toEqual([]);
  });
});

describe("close", () => {
  it("aborts what is running, waits for it and refuses what comes later", async () => {
    const { manager, filesystem } = await makeManager();
    const create = manager.create({ name: "a.zip" });
    const closed = manager.close();

    await expect(create).rejects.toMatchObject({ code: "CLOSED" });
    await closed;
    expect(await keysOf(filesystem)).toEqual([]);
    await expect(manager.list()).rejects.toMatchObject({ code: "CLOSED" });
    await expect(manager.create()).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("closes a filesystem that a function made, and leaves one that was handed in open", async () => {
    const { manager, dataDir, filesystem } = await makeManager();
    await manager.list();
    await manager.close();
    await expect(filesystem.exists("a")).resolves.toBe(false);

    const owner = new BackupManager({ dataDir, filesystem: () => filesystem });
    await owner.list();
    await owner.close();
    await expect(filesystem.exists("a")).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describe("the options of a manager", () => {
  it.each([
    ["dataDir", { dataDir: "" }],
    ["filesystem", { filesystem: {} }],
    ["exclude", { exclude: "cache" }],
    ["exclude", { exclude: [""] }],
    ["requiredFiles", { requiredFiles: [1] }],
    ["namePrefix", { namePrefix: "Upper" }],
    ["level", { level: 10 }],
    ["workers", { workers: -1 }],
    ["onUnreadable", { onUnreadable: "maybe" }],
    ["limits.maxEntries", { limits: { maxEntries: 0 } }],
    ["excludes: no such option; did you mean exclude?", { excludes: [] }],
    ["hooks.beforeSnapshots: no such option; did you mean beforeSnapshot?", { hooks: { beforeSnapshots: () => {} } }],
    ["hooks.onRestored: not a function", { hooks: { onRestored: "restart" } }],
    ["hooks: not an object", { hooks: () => {} }],
    ["limits.maxEntry: no such option; did you mean maxEntries?", { limits: { maxEntry: 1 } }],
    ["limits: not an object", { limits: null }],
    ["namePrefix", { namePrefix: null }],
    ["dataDir: it is missing", { dataDir: undefined }],
  ])("are checked by the constructor, which names %s", async (option, options) => {
    const { dataDir, filesystem } = await makeManager();
    const construct = () => new BackupManager({ dataDir, filesystem, ...(options as object) });

    expect(construct).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(option) }),
    );
  });
});

async function backedUp(): Promise<Fixture> {
  const fixture = await makeManager();
  await fixture.manager.create({ name: "a.zip" });
  return fixture;
}

async function archiveBytes(): Promise<Buffer> {
  const { filesystem } = await backedUp();
  return bytesAt(filesystem, "a.zip");
}

async function bytesAt(filesystem: Filesystem, key: string): Promise<Buffer> {
  return buffer((await filesystem.read(key)).content);
}
