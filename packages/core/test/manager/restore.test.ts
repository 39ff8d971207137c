import { interceptCalls } from "@stowage/contract-tests";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type FilesystemDriver } from "../../src/index.ts";
import { CHANGED, changedSinceBackup } from "./changed-since-backup.ts";
import { failRestores } from "./failing-restores.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

describe("restore", () => {
  it("replaces all of the data and leaves nothing beside it", async () => {
    const { manager, dataDir } = await changedSinceBackup();

    const report = await manager.restore("a.zip");

    expect(report).toMatchObject({ entries: 6, skipped: [] });
    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("makes a data directory that is missing", async () => {
    const { filesystem, manager: source } = await makeManager();
    await source.create({ name: "a.zip" });
    const dataDir = `${await temporaryDirectory()}/deep/data`;

    await new BackupManager({ dataDir, filesystem }).restore("a.zip");

    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("runs once of 50 at the same time", async () => {
    const { manager, dataDir } = await changedSinceBackup();

    const results = await Promise.allSettled(Array.from({ length: 50 }, () => manager.restore("a.zip")));

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it.each([
    ["is missing", "NOT_FOUND", async () => {}],
    [
      "is no zip",
      "INVALID_ARCHIVE",
      async (fixture: Fixture) => void (await put(fixture, Buffer.from("no zip at all"))),
    ],
    [
      "is cut off",
      "INVALID_ARCHIVE",
      async (fixture: Fixture) => put(fixture, (await bytesOf(fixture)).subarray(0, -30)),
    ],
    [
      "has a damaged entry",
      "INVALID_ARCHIVE",
      async (fixture: Fixture) => {
        const bytes = await bytesOf(fixture);
        bytes.write("A", bytes.indexOf("a database"));
        await put(fixture, bytes);
      },
    ],
  ])("changes nothing when the archive %s", async (_flaw, code, make) => {
    const fixture = await changedSinceBackup();
    await make(fixture);

    await expect(fixture.manager.restore("bad.zip")).rejects.toMatchObject({ code });
    expect(await readTree(fixture.dataDir)).toEqual(CHANGED);
  });

  it("refuses an archive without a required file", async () => {
    const { dataDir, filesystem } = await changedSinceBackup();
    const manager = new BackupManager({ dataDir, filesystem, requiredFiles: ["auxiliary.db"] });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it("calls the hooks around the swap, in order, with the old data before and the new after", async () => {
    const calls: unknown[] = [];
    const { manager, dataDir } = await changedSinceBackup({
      hooks: {
        beforeSwap: async () => void calls.push("beforeSwap", (await readTree(dataDir))["data.db"]),
        afterSwap: async ({ restored }) => void calls.push("afterSwap", restored, (await readTree(dataDir))["data.db"]),
        onRestored: ({ key }) => void calls.push("onRestored", key),
      },
    });

    await manager.restore("a.zip");

    expect(calls).toEqual(["beforeSwap", "changed", "afterSwap", true, "a database", "onRestored", "a.zip"]);
  });

  it("leaves the old data when beforeSwap fails, and calls afterSwap so that the application goes on", async () => {
    const calls: unknown[] = [];
    const { manager, dataDir } = await changedSinceBackup({
      hooks: {
        beforeSwap: () => Promise.reject(new Error("a query is running")),
        afterSwap: ({ restored }) => void calls.push(restored),
      },
    });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ cause: { message: "a query is running" } });
    expect(calls).toEqual([false]);
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it("leaves the old data after an abort at each phase up to the commit", async () => {
    for (const at of ["judge", "stage", "swap"]) {
      const { manager, dataDir } = await changedSinceBackup();
      const controller = new AbortController();
      const onProgress = ({ phase }: { phase: string }) => phase === at && controller.abort();

      const restore = manager.restore("a.zip", { signal: controller.signal, onProgress });

      await expect(restore).rejects.toMatchObject({ name: "AbortError" });
      expect(await readTree(dataDir)).toEqual(CHANGED);
    }
  });

  it("finishes an interrupted restore first", async () => {
    const { manager, dataDir } = await changedSinceBackup();
    await writeTree(dataDir, {
      ".stowage/00000000-0000-4000-8000-00000000dead/new/data.db": "staged by a process that was killed",
    });

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual(DATA);
  });
});

describe("a restore whose disk or storage fails once", () => {
  it("leaves the old data or the new, nothing beside it, and a free lock: at each fifth disk call", async () => {
    const outcomes = await failRestores({ stride: 5 });

    expect(outcomes.old).toBeGreaterThan(10);
    expect(outcomes.new).toBeGreaterThan(0);
  });

  it("leaves the old data at every driver call", async () => {
    for (let nth = 1; ; nth++) {
      const faults = { left: Number.POSITIVE_INFINITY };
      const wrap = (driver: FilesystemDriver) => failAfter(driver, faults);
      const { manager, filesystem, dataDir } = await makeManager({ lock: "required", wrap });
      await manager.create({ name: "a.zip" });
      await nodeDisk.removeFile(`${dataDir}/data.db`);
      const before = await readTree(dataDir);
      faults.left = nth;

      const failure = await manager.restore("a.zip").then(
        () => undefined,
        (error: unknown) => error,
      );

      if (failure === undefined) return expect(nth).toBeGreaterThan(3);
      expect(failure).toMatchObject({ code: expect.any(String) });
      expect(await readTree(dataDir)).toEqual(before);
      expect(await keysOf(filesystem)).toEqual(["a.zip"]);
      await manager.restore("a.zip");
      expect(await readTree(dataDir)).toEqual(DATA);
    }
  });
});

/** Fails the call with which `faults.left` gets to 0. */
function failAfter(driver: FilesystemDriver, faults: { left: number }): FilesystemDriver {
  return interceptCalls(driver, async (verb, call) => {
    faults.left--;
    if (faults.left === 0) throw new Error(`injected failure of ${verb}`);
    return call();
  });
}

type Fixture = Awaited<ReturnType<typeof changedSinceBackup>>;

async function bytesOf({ manager }: Fixture): Promise<Buffer> {
  const { content } = await manager.download("a.zip");
  return Buffer.concat(await content.toArray());
}

async function put({ filesystem }: Fixture, bytes: Buffer): Promise<void> {
  await filesystem.write("bad.zip", bytes);
}
