import type { BackupManager, OperationStatus } from "@stowage/core";
import { wireDate } from "../wire-date.ts";

/** How an operation ended. */
export type Result = NonNullable<OperationStatus["last"]>;

/**
 * What is running and how the last operation of each kind ended, with the first of its warnings. An error is its code: a message
 * may name paths and hosts. A warning names an entry of the data, and a reason that is a word.
 */
export function wireStatus(manager: BackupManager, results: readonly Result[]): object {
  const { active } = manager.status();
  return {
    active: active ? { ...active, startedAt: wireDate(active.startedAt), progress: active.progress ?? null } : null,
    results: results.map(({ operation, key, finishedAt, error, warningCount = 0, warnings = [] }) => ({
      operation,
      key,
      finishedAt: wireDate(finishedAt),
      error: error ? { code: error.code, reason: error.reason ?? null } : null,
      warningCount,
      warnings,
    })),
  };
}
