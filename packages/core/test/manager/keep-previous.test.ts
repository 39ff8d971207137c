import { readTree, type Tree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, needsRecovery, recover } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { DATA, makeManager } from "./manager-fixture.ts";

describe("a restore with keepPrevious", () => {
  it("brings the new data and keeps the previous, of which the manager tells", async () => {
    const { manager, dataDir } = await changedSinceBackup();
    const before = new Date();

    expect(await manager.keptPrevious()).toBeUndefined();
    await manager.restore("a.zip", { keepPrevious: true });

    expect(await dataOf(dataDir)).toEqual(DATA);
    expect(await manager.keptPrevious()).toMatchObject({ key: "a.zip" });
    expect((await manager.keptPrevious())?.replacedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it("is not for recover to clean up", async () => {
    const { manager, dataDir } = await changedSinceBackup();
    await manager.restore("a.zip", { keepPrevious: true });
    await writeTree(dataDir, {
      ".stowage/00000000-0000-4000-8000-00000000dead/new/x": "staged by a process that was killed",
    });
    expect(await needsRecovery(dataDir)).toBe(true);

    expect(await recover(dataDir)).toBe("cleaned");

    expect(await needsRecovery(dataDir)).toBe(false);
    expect(await recover(dataDir)).toBe("none");
    await manager.rollback();
    expect(await readTree(dataDir)).toEqual(CHANGED);
  });

  it("refuses another restore until it is confirmed", async () => {
    const { manager, dataDir } = await changedSinceBackup();
    await manager.restore("a.zip", { keepPrevious: true });

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "RECOVERY_REQUIRED" });
    await manager.confirm();
    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual(DATA);
  });

  it("lets backups go on, without what is kept", async () => {
    const { manager } = await changedSinceBackup();
    await manager.restore("a.zip", { keepPrevious: true });

    await manager.create({ name: "b.zip" });

    const names = (await manager.entries("b.zip")).map(({ name }) => name);
    expect(names.filter((name) => name.includes("stowage"))).toEqual([]);
  });
});

describe("confirm", () => {
  it("removes what was kept", async () => {
    const { manager, dataDir } = await changedSinceBackup();
    await manager.restore("a.zip", { keepPrevious: true });

    await manager.confirm();

    expect(await readTree(dataDir)).toEqual(DATA);
    expect(await manager.keptPrevious()).toBeUndefined();
  });

  it("is NOT_FOUND if nothing is kept, as is rollback", async () => {
    const { manager } = await changedSinceBackup();

    await expect(manager.confirm()).rejects.toMatchObject({ code: "NOT_FOUND", operation: "confirm" });
    await expect(manager.rollback()).rejects.toMatchObject({ code: "NOT_FOUND", operation: "rollback" });
  });
});

describe("rollback", () => {
  it("brings back exactly the previous data, with the hooks around the swap", async () => {
    const calls: string[] = [];
    const { manager, dataDir } = await changedSinceBackup({
      hooks: {
        beforeSwap: ({ key }) => void calls.push(`before ${key}`),
        afterSwap: ({ restored }) => void calls.push(`after ${restored}`),
        onRestored: () => void calls.push("restored"),
      },
    });
    await manager.restore("a.zip", { keepPrevious: true });
    await writeTree(dataDir, { "data.db": "written since", "data.db-wal": "since", "uploads/since": "since" });
    calls.length = 0;

    await manager.rollback();

    expect(await readTree(dataDir)).toEqual(CHANGED);
    expect(calls).toEqual(["before a.zip", "after true", "restored"]);
  });

  it("leaves alone what is excluded, also where only one of the two has a directory around it", async () => {
    const { manager, dataDir } = await changedSinceBackup({ exclude: ["logs/cache", "later/cache"] });
    await writeTree(dataDir, { "logs/cache/kept": "k" });
    await manager.restore("a.zip", { keepPrevious: true });
    await nodeDisk.removeFile(`${dataDir}/logs/cache/kept`);
    await nodeDisk.removeDirectory(`${dataDir}/logs/cache`);
    await writeTree(dataDir, { "later/cache/kept": "l", "later/more": "since" });

    await manager.rollback();

    expect(await readTree(dataDir)).toEqual({ ...CHANGED, "later/cache/kept": "l" });
  });

  it("leaves everything as it was, the previous data still kept, wherever a disk call fails", {
    timeout: 120_000,
  }, async () => {
    const outcomes = { old: 0, new: 0 };
    for (let failAt = 1; ; failAt++) {
      const { manager, dataDir, filesystem } = await changedSinceBackup({}, { "data.db": "new" });
      await manager.restore("a.zip", { keepPrevious: true });
      const faulty = faultyDisk(nodeDisk, { failAt });
      const failing = new BackupManager({ dataDir, filesystem, disk: faulty.disk });

      const error = await failing.rollback().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );

      const where = `call ${failAt}: ${faulty.calls[failAt - 1]}`;
      await recover(dataDir);
      if (error === undefined) expect(await readTree(dataDir), where).toEqual(CHANGED);
      else expect(await dataOf(dataDir), where).toEqual({ "data.db": "new" });
      if (error !== undefined) await manager.rollback();
      expect(await readTree(dataDir), where).toEqual(CHANGED);
      outcomes[error === undefined ? "old" : "new"]++;
      if (failAt > faulty.calls.length) break;
    }
    expect(outcomes.new).toBeGreaterThan(50);
  });
});

const CHANGED: Tree = { "data.db": "changed", "logs/new.log": "new", "only-now": "x" };

/** A backup under "a.zip", and data that has changed since. */
async function changedSinceBackup(options: Parameters<typeof makeManager>[0] = {}, data: Tree = DATA) {
  const fixture = await makeManager({ ...options, data });
  await fixture.manager.create({ name: "a.zip" });
  const { removeTree } = await import("../../src/disk/remove-tree.ts");
  for (const name of await nodeDisk.readDirectory(fixture.dataDir)) {
    await removeTree(nodeDisk, `${fixture.dataDir}/${name}`);
  }
  await writeTree(fixture.dataDir, CHANGED);
  return fixture;
}

async function dataOf(dataDir: string): Promise<Tree> {
  const entries = Object.entries(await readTree(dataDir));
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith(".stowage/")));
}
