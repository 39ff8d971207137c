import { setTimeout as sleep } from "node:timers/promises";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it, vi } from "vitest";
import { scheduledName } from "../../src/backup-name.ts";
import { BackupManager, Filesystem, type ScheduleOptions, StowageError } from "../../src/index.ts";
import { ManagedCalls } from "../../src/manager/operations/managed-calls.ts";
import { keysOf } from "../manager/keys-of.ts";
import { every, someMinutesAgo } from "./every.ts";
import { host, kinds, missedOnce, place, SECOND, until } from "./schedule-bed.ts";

describe("a schedule", () => {
  it("backs up at each instant, under a name that tells it, until it is stopped", async () => {
    const { filesystem, common } = await place();
    const { schedule, calls, notices } = host(common, every(1));

    await until(() => calls.operations.status().results.length > 0);
    await sleep(SECOND);
    await schedule.stop();

    const keys = await keysOf(filesystem);
    expect(keys.length).toBeGreaterThanOrEqual(1);
    for (const key of keys) expect(key).toMatch(/^@auto_pb_backup_\d{14}\.zip$/);
    const records = await calls.history.read();
    for (const { key, scheduledFor } of records)
      expect(key).toBe(scheduledName("pb_backup_", scheduledFor ?? new Date(0)));
    expect(notices).toEqual([]);
    expect(schedule.next).toBeUndefined();
  });

  it("is made up for once if its instant passed while no process ran, and can be told not to", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    const lazy = host(common, timetable, { catchUp: false });
    await sleep(300);
    expect(await keysOf(filesystem)).toHaveLength(1);
    await lazy.schedule.stop();

    const { calls } = host(common, timetable);

    await until(() => calls.operations.status().results.length > 0);
    expect(await keysOf(filesystem)).toContain(key);
  });

  it("does not make up for what was before it was used at all", async () => {
    const { filesystem, common } = await place();
    host(common, every(3600, someMinutesAgo().getTime()));

    await sleep(300);

    expect(await keysOf(filesystem)).toEqual([]);
  });

  it("of three hosts is kept by one, and the others wait and find its backup", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    const hooks = { beforeSnapshot: () => sleep(400) };

    const hosts = [1, 2, 3].map((number) =>
      host({ ...common, stateDir: `${common.stateDir}${number}`, hooks }, timetable),
    );

    await until(() => hosts.every(({ calls }) => calls.operations.status().results.length > 0));
    expect((await keysOf(filesystem)).filter((name) => name === key)).toHaveLength(1);
    const results = hosts.map(({ calls }) => calls.operations.status().results);
    expect(results.flat().map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(results.flat().filter(({ size }) => size !== undefined)).toHaveLength(1);
    expect(hosts.flatMap(({ notices }) => notices)).toEqual([]);
  });

  it("prunes after a backup, and not after one that failed", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    const prune = { keepLast: 3 };
    const good = host(common, timetable, { prune });
    await until(() => good.pruned.mock.calls.length > 0);
    await good.schedule.stop();
    expect(good.pruned).toHaveBeenCalledExactlyOnceWith(prune, { signal: expect.any(AbortSignal), keep: [key] });

    const second = await place();
    const missed = await missedOnce(second.filesystem);
    const hooks = { beforeSnapshot: () => Promise.reject(new Error("it is full")) };
    const bad = host({ ...second.common, hooks }, missed.timetable, { prune });
    await until(() => bad.notices.length > 0);
    expect(bad.pruned).not.toHaveBeenCalled();
  });

  it("drills, if it is told to, and is told what a drill found", async () => {
    const { filesystem, common } = await place();
    const check = () => {};
    const { drilled, notices, calls } = host(common, every(1), { operation: "drill", check });
    await until(() => drilled.mock.calls.length > 0);
    expect(drilled).toHaveBeenCalledWith({ signal: expect.any(AbortSignal), check });

    drilled.mockRejectedValueOnce(new StowageError("INVALID_ARCHIVE", "it has rotted", { key: "a.zip" }));
    await until(() => kinds(notices).includes("recovered"));

    expect(notices).toMatchObject([
      { kind: "failed", operation: "drill", key: "a.zip", error: { code: "INVALID_ARCHIVE" } },
      { kind: "recovered", operation: "drill" },
    ]);
    expect(await keysOf(filesystem)).toEqual([]);
    await calls.close();
  });

  it("is made up for once the storage answers that did not at the start", async () => {
    const driver = new MemoryDriver();
    const { key, timetable } = await missedOnce(new Filesystem(driver));
    let failures = 1;
    const flaky = wrapDriver(driver, {
      list: (options) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new StowageError("UNAVAILABLE", "it is down")) : driver.list(options);
      },
    });
    const { filesystem, common } = await place(flaky);
    host({ ...common, lock: "process" }, timetable);

    await vi.waitFor(async () => expect(await keysOf(filesystem)).toContain(key), { timeout: 20_000 });
  }, 30_000);

  it("is made up for no more where its backup was interrupted twice: that may be what ends the process", async () => {
    const { filesystem, common } = await place();
    const { timetable, due, key } = await missedOnce(filesystem);
    const { history } = new ManagedCalls(common);
    for (const number of [1, 2]) {
      const begun = { operation: "create", key, scheduledFor: due };
      const error = new StowageError("ABORTED", "its process ended", { reason: "interrupted" });
      await history.end(begun, new Date(Date.now() - number * SECOND), { error });
    }

    host(common, timetable);
    await sleep(500);

    expect(await keysOf(filesystem)).toHaveLength(1);
  });

  it("takes no other name that is taken, such as one of a hook, for its own backup", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    const taken = () => Promise.reject(new StowageError("ALREADY_EXISTS", "side.zip is taken"));
    const { notices } = host({ ...common, hooks: { beforeSnapshot: taken } }, timetable);

    await until(() => notices.length > 0);

    expect(notices).toMatchObject([{ kind: "failed", error: { code: "ALREADY_EXISTS" } }]);
    expect(await keysOf(filesystem)).not.toContain(key);
  });

  it("stops with its manager, and nothing of a backup under way is stored", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    let begun = false;
    const hooks = {
      beforeSnapshot: async () => {
        begun = true;
        await sleep(200);
      },
    };
    const { calls, notices, schedule } = host({ ...common, hooks }, timetable);
    await until(() => begun);

    await calls.close();

    expect(await keysOf(filesystem)).toHaveLength(1);
    expect(schedule.next).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it("waits for another operation that works on the storage", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    let begun = false;
    const beforeSnapshot = async () => {
      begun = true;
      await sleep(500);
    };
    const slow = new BackupManager({ ...common, hooks: { beforeSnapshot } }).create({ name: "slow.zip" });
    await until(() => begun);

    const { calls, notices } = host(common, timetable);
    await slow;
    await until(() => calls.operations.status().results.length > 0);

    expect(await keysOf(filesystem)).toEqual(expect.arrayContaining([key, "slow.zip"]));
    expect(notices).toEqual([]);
  });
});

it.each([
  ["an expression that is none", "every day", {}],
  ["a time zone that there is not", "0 3 * * *", { timezone: "Mars/Olympus" }],
  ["a policy that keeps nothing", "0 3 * * *", { prune: {} }],
  ["a hook that is no URL", "0 3 * * *", { webhook: { url: "hook" } }],
  ["a URL with a password in it", "0 3 * * *", { pingUrl: "https://user:secret@example.org/x" }],
  ["a policy for a drill", "0 3 * * *", { operation: "drill", prune: { keepLast: 1 } }],
  ["a check for a create", "0 3 * * *", { check: () => {} }],
  ["a ping of another protocol", "0 3 * * *", { pingUrl: "ftp://example.org/x" }],
  ["an unknown option", "0 3 * * *", { timeZone: "UTC" }],
])("schedule refuses %s", async (_what, cron, options) => {
  const manager = new BackupManager({
    dataDir: await temporaryDirectory(),
    filesystem: new Filesystem(new MemoryDriver()),
  });

  expect(() => manager.schedule(cron, options as ScheduleOptions)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", operation: "schedule" }),
  );
  expect(manager.status().schedules).toEqual([]);
});

it("a manager that is closed takes no schedule", async () => {
  const manager = new BackupManager({
    dataDir: await temporaryDirectory(),
    filesystem: new Filesystem(new MemoryDriver()),
  });
  await manager.close();

  expect(() => manager.schedule("@daily")).toThrow(expect.objectContaining({ code: "CLOSED", operation: "schedule" }));
});

it("the status of a manager tells of its schedules", async () => {
  await using manager = new BackupManager({
    dataDir: await temporaryDirectory(),
    filesystem: new Filesystem(new MemoryDriver()),
  });
  const schedule = manager.schedule("0 3 * * *", { timezone: "Europe/Berlin" });

  const [told] = manager.status().schedules;
  expect(told).toEqual({ cron: "0 3 * * *", next: schedule.next });
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", timeStyle: "short" });
  expect(format.format(told?.next)).toBe("03:00");
  await schedule.stop();
  expect(manager.status().schedules).toEqual([]);
});
