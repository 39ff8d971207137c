import type { BackupManager } from "@stowage/core";
import { wireDate } from "../wire-date.ts";

/**
 * What is running and how the last operation of each kind ended, with the first of its warnings. An error is its code: a message
 * may name paths and hosts. A warning names an entry of the data, and a reason that is a word.
 */
export function wireStatus(manager: BackupManager): object {
  const { active, results } = manager.status();
  return {
    active: active ? { ...active, startedAt: wireDate(active.startedAt), progress: active.progress ?? null } : null,
    results: results.map(({ operation, key, finishedAt, error, warningCount, warnings }) => ({
      operation,
      key,
      finishedAt: finishedAt ? wireDate(finishedAt) : null,
      error: error ? { code: error.code, reason: error.reason ?? null } : null,
      warningCount,
      warnings,
    })),
  };
}
