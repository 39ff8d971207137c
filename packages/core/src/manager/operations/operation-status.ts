import type { StowageError } from "../../errors.ts";
import type { HistoryRecord } from "../../history/history-record.ts";
import type { ActiveOperation } from "../../lock/operation-lock.ts";
import type { Progress } from "../../progress.ts";
import type { ResultWarnings } from "./result-warnings.ts";

/** What is running, and how the last operation that reports progress ended. */
export interface OperationState {
  /** The create or restore that is running. */
  readonly active?: (ActiveOperation & { readonly progress?: Progress }) | undefined;
  /** How the last operation of each kind ended that reports progress, the newest first; of earlier processes too once the history was read. */
  readonly results: readonly HistoryRecord[];
  /** How the last operation that reports progress ended, with its error. One that succeeded says of what it warns. */
  readonly last?:
    | ({ operation: string; key: string; finishedAt: Date; error?: StowageError } & Partial<ResultWarnings>)
    | undefined;
}

/** What a manager is doing, and with what. */
export interface OperationStatus extends OperationState {
  /** The schedules that run, each with its next instant. */
  readonly schedules: readonly { readonly cron: string; readonly next: Date | undefined }[];
  /** Whether archives are made and read in threads. Where this process can start none, why not, once a start has failed. */
  readonly threads: { readonly available: true } | { readonly available: false; readonly reason: string };
}
