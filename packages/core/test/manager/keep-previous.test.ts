import { readTree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { needsRecovery, recover } from "../../src/index.ts";
import { CHANGED, changedSinceBackup, dataOf } from "./changed-since-backup.ts";
import { failRollbacks } from "./failing-rollbacks.ts";
import { DATA } from "./manager-fixture.ts";

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

  it("leaves everything as it was, the previous data still kept, if a disk call fails: at each fifth", async () => {
    const outcomes = await failRollbacks({ stride: 5 });

    expect(outcomes.new).toBeGreaterThan(10);
  });
});
