import type { BackupManager, OperationStatus } from "@stowage/core";
import { wireDate } from "../wire-date.ts";

/** How an operation ended. */
export type Result = NonNullable<OperationStatus["last"]>;

/** What is running and how the last operation of each kind ended. An error is its code: a message may name paths and hosts. */
export function wireStatus(manager: BackupManager, results: readonly Result[]): object {
  const { active } = manager.status();
  return {
    active: active ? { ...active, startedAt: wireDate(active.startedAt), progress: active.progress ?? null } : null,
    results: results.map(({ operation, key, finishedAt, error }) => ({
      operation,
      key,
      finishedAt: wireDate(finishedAt),
      error: error ? { code: error.code, reason: error.reason ?? null } : null,
    })),
  };
}
