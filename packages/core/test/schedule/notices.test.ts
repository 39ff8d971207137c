import { setTimeout as sleep } from "node:timers/promises";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { describe, expect, it } from "vitest";
import { scheduledName } from "../../src/backup-name.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, Filesystem, mirrored, type Notice, StowageError } from "../../src/index.ts";
import { ManagedCalls } from "../../src/manager/operations/managed-calls.ts";
import { startSchedule } from "../../src/manager/schedule/backup-schedule.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { every, someMinutesAgo } from "./every.ts";
import { host, kinds, leaveKilled, missedOnce, place, SECOND, until } from "./schedule-bed.ts";

describe("what goes wrong is told", () => {
  it("once for each failure, and once when it is over", async () => {
    const driver = new MemoryDriver();
    let isDown = true;
    const flaky = wrapDriver(driver, {
      write: (key, content, options) =>
        isDown && key.endsWith(".zip")
          ? Promise.reject(new StowageError("UNAVAILABLE", "the storage is down"))
          : driver.write(key, content, options),
    });
    const { common } = await place(flaky);
    const { notices } = host(common, every(1));
    await until(() => notices.length >= 2);
    isDown = false;
    await until(() => kinds(notices).includes("recovered"));
    await sleep(1_500);

    const failed = notices.filter(({ kind }) => kind === "failed");
    expect(kinds(notices)).toEqual([...failed.map(() => "failed"), "recovered"]);
    expect(new Set(failed.map(({ scheduledFor }) => scheduledFor.getTime())).size).toBe(failed.length);
    expect(failed[0]).toMatchObject({ operation: "create", error: { code: "UNAVAILABLE" } });
  }, 30_000);

  it("by a later process if it was killed in the middle, once", async () => {
    const { filesystem, common } = await place();
    const { timetable, due, key } = await missedOnce(filesystem);
    await leaveKilled(common, { key, scheduledFor: due });

    const second = host(common, timetable);
    await until(() => second.notices.length > 1);
    await second.schedule.stop();
    const third = host(common, timetable);
    await sleep(200);

    expect(second.notices).toMatchObject([
      { kind: "interrupted", operation: "create", key, scheduledFor: due },
      { kind: "recovered" },
    ]);
    expect(third.notices).toEqual([]);
    expect((await second.calls.history.read()).at(-1)).toMatchObject({
      error: { code: "ABORTED", reason: "interrupted" },
    });
  });

  it("of a disk that is full, and the next run works", async () => {
    const { common } = await place();
    let isFull = true;
    const { disk } = faultyDisk(nodeDisk, {
      before: (call) => {
        if (isFull && call.startsWith("readDirectory")) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      },
    });
    const { notices, calls } = host({ ...common, disk }, every(1));
    await until(() => notices.length > 0);
    isFull = false;
    await until(() => kinds(notices).includes("recovered"));

    expect(notices[0]).toMatchObject({ kind: "failed", error: { code: "NO_SPACE" } });
    await calls.close();
  }, 30_000);

  it("of a mirrored filesystem of which one place did not store it, and the health says so", async () => {
    const [near, far] = [new MemoryDriver(), new MemoryDriver()];
    const full = wrapDriver(far, {
      write: (key, content, options) =>
        key.endsWith(".zip") ? Promise.reject(new StowageError("NO_SPACE", "full")) : far.write(key, content, options),
    });
    const { common } = await place();
    const { timetable, key } = await missedOnce(new Filesystem(near));
    const filesystem = mirrored([
      { name: "near", filesystem: new Filesystem(near) },
      { name: "far", filesystem: new Filesystem(full) },
    ]);
    const { notices } = host({ ...common, filesystem }, timetable);

    await until(() => notices.length > 0);

    expect(notices).toMatchObject([{ kind: "incomplete", key, destinations: ["far"] }]);
    const health = await new BackupManager({ ...common, filesystem }).checkHealth();
    expect(health.problems).toMatchObject([{ reason: "copy-failed", message: expect.stringContaining("far") }]);
  });

  it("only once where several schedules of a manager look back", async () => {
    const { filesystem, common } = await place();
    const { timetable, due, key } = await missedOnce(filesystem);
    await leaveKilled(common, { key, scheduledFor: due });
    const calls = new ManagedCalls(common);
    const told: string[] = [];
    const onNotice = ({ kind }: Notice) => void told.push(kind);
    const context = { calls, timetable, manager: { prune: async () => {}, drill: async () => {} } };
    startSchedule("first", context, { onNotice, catchUp: false });
    startSchedule("second", context, { onNotice, catchUp: false });

    await until(() => told.length > 0);
    await sleep(200);
    await calls.close();

    expect(told).toEqual(["interrupted"]);
  });

  it("that instants passed without a run", async () => {
    const { filesystem, common } = await place();
    const due = someMinutesAgo();
    const timetable = every(3600, due.getTime());
    const before = new Date(due.getTime() - 5 * 3600 * SECOND);
    await filesystem.write(scheduledName("pb_backup_", before), Buffer.from("old"));

    const { notices } = host(common, timetable);

    await until(() => notices.length > 0);
    expect(notices).toMatchObject([{ kind: "missed", count: 4, scheduledFor: due }]);
  });
});
