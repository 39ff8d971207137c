import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { scheduledName } from "../../src/backup-name.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import {
  BackupManager,
  type BackupManagerOptions,
  Filesystem,
  type FilesystemDriver,
  mirrored,
  type Notice,
  type ScheduleOptions,
  StowageError,
} from "../../src/index.ts";
import { ManagedCalls } from "../../src/manager/operations/managed-calls.ts";
import { startSchedule } from "../../src/manager/schedule/backup-schedule.ts";
import type { Timetable } from "../../src/schedule/scheduler.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { keysOf } from "../manager/keys-of.ts";
import { every, someMinutesAgo } from "./every.ts";
import { noticeServer } from "./notice-server.ts";

const SECOND = 1_000;

async function place(driver: FilesystemDriver = new MemoryDriver()) {
  const root = await temporaryDirectory();
  await writeTree(`${root}/data`, { "data.db": "x" });
  const filesystem = new Filesystem(driver);
  const common = { dataDir: `${root}/data`, filesystem, workers: 0, stateDir: `${root}/state`, lockTtlMs: 1_000 };
  return { root, filesystem, common };
}

/** A schedule of its own manager, as one of several hosts has it. */
function host(options: BackupManagerOptions, timetable: Timetable, rest: ScheduleOptions = {}) {
  const calls = new ManagedCalls(options);
  const pruned = vi.fn(async () => {});
  const drilled = vi.fn(async () => {});
  const notices: Notice[] = [];
  const onNotice = (notice: Notice) => void notices.push(notice);
  const schedule = startSchedule(
    "as the test says",
    { calls, timetable, manager: { prune: pruned, drill: drilled } },
    { onNotice, ...rest },
  );
  onTestFinished(() => schedule.stop());
  return { calls, schedule, notices, pruned, drilled };
}

const until = (condition: () => unknown) =>
  vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 20_000, interval: 20 });

const kinds = (notices: readonly Notice[]) => notices.map(({ kind }) => kind);

/** A past instant, and the scheduled backup of one before it: the first run makes up for what passed. */
async function missedOnce(filesystem: Filesystem) {
  const due = someMinutesAgo();
  const before = new Date(due.getTime() - 3600 * SECOND);
  await filesystem.write(scheduledName("pb_backup_", before), Buffer.from("old"));
  return { timetable: every(3600, due.getTime()), key: scheduledName("pb_backup_", due), due };
}

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
    const first = new ManagedCalls(common);
    await first.history.begin({ operation: "create", key, scheduledFor: due }, new Date(Date.now() - SECOND));
    const file = `${common.stateDir}/history.jsonl`;
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/"pid":\d+/, '"pid":4194305')); // no process has that number

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
    await new ManagedCalls(common).history.begin(
      { operation: "create", key, scheduledFor: due },
      new Date(Date.now() - SECOND),
    );
    const file = `${common.stateDir}/history.jsonl`;
    await writeFile(file, (await readFile(file, "utf8")).replace(/"pid":\d+/, '"pid":4194305'));
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

describe("services", () => {
  it("get the beginning and the success of a run, and each notice as JSON", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const server = await noticeServer();
    const { calls, schedule } = host(common, timetable, { pingUrl: server.url });
    await until(() => calls.operations.status().results.length > 0);
    await schedule.stop();

    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /hook/start", "POST /hook"]);
  });

  it("get a failure with its text, again where they failed themselves, and no backup waits for them", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const pings = await noticeServer((number) => (number === 1 ? 503 : 200));
    const hook = await noticeServer();
    const hooks = { beforeSnapshot: () => Promise.reject(new Error("the volume is gone")) };
    const { notices, schedule } = host({ ...common, hooks }, timetable, {
      pingUrl: `${pings.url}/`,
      webhook: { url: hook.url },
    });

    await until(() => notices.length > 0);
    await schedule.stop();

    expect(pings.received.map(({ path }) => path)).toEqual(["/hook/start", "/hook/start", "/hook/fail"]);
    expect(pings.received.at(-1)?.body).toContain("the volume is gone");
    expect(hook.received).toMatchObject([{ method: "POST", type: "application/json" }]);
    expect(JSON.parse(hook.received[0]?.body ?? "")).toMatchObject({
      kind: "failed",
      text: expect.stringContaining("the volume is gone"),
      error: { code: expect.any(String) },
    });
  });

  it("that never answer keep no backup waiting, and are given up at the end", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    const server = await noticeServer(() => new Promise(() => {}));
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { calls, schedule } = host(common, timetable, { pingUrl: server.url });

    await until(() => calls.operations.status().results.length > 0);
    expect(await keysOf(filesystem)).toContain(key);
    expect(server.received.map(({ path }) => path)).toEqual(["/hook/start"]);
    await schedule.stop();

    expect(warned.mock.calls.map(([message]) => String(message)).join()).toContain("did not reach");
    warned.mockRestore();
  }, 60_000);

  it("that are elsewhere are told of, because a redirection would lose the notice", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const server = await noticeServer(() => 301);
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { calls, schedule } = host(common, timetable, { pingUrl: server.url });
    await until(() => calls.operations.status().results.length > 0);
    await schedule.stop();

    expect(warned.mock.calls.map(([message]) => String(message)).join()).toContain("elsewhere");
    warned.mockRestore();
  });

  it("and listeners that close the manager do not keep it from closing", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    let isClosed = false;
    const hooks = { beforeSnapshot: () => Promise.reject(new Error("it fails")) };
    const onNotice = async () => {
      await closing.calls.close();
      isClosed = true;
    };
    const closing = host({ ...common, hooks }, timetable, { onNotice });

    await until(() => isClosed);
  }, 30_000);

  it("that refuse for good are asked once, and their host alone is named", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const server = await noticeServer(() => 404);
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { calls, schedule } = host(common, timetable, { pingUrl: `${server.url}/secret` });
    await until(() => calls.operations.status().results.length > 0);
    await schedule.stop();

    expect(server.received).toHaveLength(2);
    const told = warned.mock.calls.map(([message]) => String(message)).join("\n");
    expect(told).toContain("404");
    expect(told).not.toContain("secret");
    expect(await keysOf(filesystem)).toHaveLength(2);
    warned.mockRestore();
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
