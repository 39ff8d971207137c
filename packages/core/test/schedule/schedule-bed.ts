import { readFile, writeFile } from "node:fs/promises";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, onTestFinished, vi } from "vitest";
import { scheduledName } from "../../src/backup-name.ts";
import {
  type BackupManagerOptions,
  Filesystem,
  type FilesystemDriver,
  type Notice,
  type ScheduleOptions,
} from "../../src/index.ts";
import { ManagedCalls } from "../../src/manager/operations/managed-calls.ts";
import { startSchedule } from "../../src/manager/schedule/backup-schedule.ts";
import type { Timetable } from "../../src/schedule/scheduler.ts";
import { every, someMinutesAgo } from "./every.ts";

export const SECOND = 1_000;

export async function place(driver: FilesystemDriver = new MemoryDriver()) {
  const root = await temporaryDirectory();
  await writeTree(`${root}/data`, { "data.db": "x" });
  const filesystem = new Filesystem(driver);
  const common = { dataDir: `${root}/data`, filesystem, workers: 0, stateDir: `${root}/state`, lockTtlMs: 1_000 };
  return { root, filesystem, common };
}

/** A schedule of its own manager, as one of several hosts has it. */
export function host(options: BackupManagerOptions, timetable: Timetable, rest: ScheduleOptions = {}) {
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

export const until = (condition: () => unknown) =>
  vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 20_000, interval: 20 });

export const kinds = (notices: readonly Notice[]) => notices.map(({ kind }) => kind);

/** A past instant, and the scheduled backup of one before it: the first run makes up for what passed. */
export async function missedOnce(filesystem: Filesystem) {
  const due = someMinutesAgo();
  const before = new Date(due.getTime() - 3600 * SECOND);
  await filesystem.write(scheduledName("pb_backup_", before), Buffer.from("old"));
  return { timetable: every(3600, due.getTime()), key: scheduledName("pb_backup_", due), due };
}

/** Leaves the record of a create whose process was killed. */
export async function leaveKilled(
  options: BackupManagerOptions & { readonly stateDir: string },
  begun: { readonly key: string; readonly scheduledFor: Date },
): Promise<void> {
  await new ManagedCalls(options).history.begin({ operation: "create", ...begun }, new Date(Date.now() - SECOND));
  const file = `${options.stateDir}/history.jsonl`;
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/"pid":\d+/, '"pid":4194305')); // no process has that number
}
