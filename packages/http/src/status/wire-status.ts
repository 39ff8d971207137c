import type { BackupManager, HistoryRecord } from "@stowage/core";
import { wireDate } from "../wire-date.ts";

/**
 * What is running and how the last operation of each kind ended, with the first of its warnings. An error is its code: a message
 * may name paths and hosts. A warning names an entry of the data, and a reason that is a word.
 */
export function wireStatus(manager: BackupManager): object {
  const { active, results, schedules } = manager.status();
  return {
    active: active ? { ...active, startedAt: wireDate(active.startedAt), progress: active.progress ?? null } : null,
    results: results.map(wireRecord),
    ...(schedules.length > 0 && {
      schedules: schedules.map(({ cron, next }) => ({ cron, next: next ? wireDate(next) : null })),
    }),
  };
}

/** One operation, as the status and the history tell it. */
export function wireRecord(record: HistoryRecord): object {
  const { operation, key, scheduledFor, startedAt, finishedAt, size, entries, error, warningCount, warnings } = record;
  return {
    operation,
    key,
    ...(scheduledFor && { scheduledFor: wireDate(scheduledFor) }),
    startedAt: wireDate(startedAt),
    finishedAt: finishedAt ? wireDate(finishedAt) : null,
    ...(size !== undefined && { size }),
    ...(entries !== undefined && { entries }),
    error: error ? { code: error.code, reason: error.reason ?? null } : null,
    warningCount,
    warnings,
  };
}
