import type { ErrorCode } from "../errors.ts";
import type { RestoreReport } from "./settings/manager-options.ts";

/** What a restore would do. Nothing was changed, locked or asked of hooks to find out. */
export interface RestorePlan extends Pick<RestoreReport, "entries" | "size" | "skipped" | "warnings"> {
  readonly key: string;
  /** Whether nothing that can be seen is in the way. */
  readonly isPossible: boolean;
  /** Why a restore would be refused as things are, or what it would meet. Empty if nothing is in the way. */
  readonly problems: readonly PlanProblem[];
  /** Files and links that come and are not there. */
  readonly added: PlannedChange;
  /** Those that come in place of one that is there. Bytes of what comes. */
  readonly replaced: PlannedChange;
  /** Those that go. */
  readonly removed: PlannedChange;
  /** Those that stay as they are: excluded, left out of the archive, or backups. What is mounted there counts as one, without bytes. */
  readonly kept: PlannedChange;
  /** What the archive needs, and what is free, on each volume. */
  readonly space: readonly PlannedSpace[];
}

/** Files and links; directories count as none. */
export interface PlannedChange {
  readonly count: number;
  /** Bytes. */
  readonly size: number;
  /** The first 100, sorted. */
  readonly names: readonly string[];
}

export interface PlannedSpace {
  /** Which mount below the data directory; "" for itself. */
  readonly mount: string;
  /** Bytes. */
  readonly needed: number;
  /** Bytes. */
  readonly free: number;
}

export interface PlanProblem {
  /** The code that the restore would fail with. */
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly message: string;
}
