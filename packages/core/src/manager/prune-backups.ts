import { StowageError } from "../errors.ts";
import { destinationsOf } from "../filesystem/destinations-of.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import type { HistoryRecord } from "../history/history-record.ts";
import { planRetention, type RetentionDecision } from "../retention/plan-retention.ts";
import type { RetentionPolicy } from "../retention/retention-policy.ts";
import { deleteBackup } from "./delete-backup.ts";
import { knownBackups } from "./known-backups.ts";
import { listBackups } from "./list-backups.ts";
import type { Operation } from "./operations/operations.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/** What a prune did, or would do, with each backup. */
export interface PruneReport {
  /** The newest first; of a mirrored filesystem those of one destination after the other. */
  readonly decisions: readonly PruneDecision[];
  /** How many went, or would go. */
  readonly removed: number;
  /** Their bytes. */
  readonly removedSize: number;
}

export interface PruneDecision extends RetentionDecision {
  /** Of a mirrored filesystem: the name of the destination. */
  readonly destination?: string | undefined;
}

export interface PruneSettings extends Pick<ManagerSettings, "lock" | "namePrefix"> {
  readonly policy: RetentionPolicy;
  readonly dryRun: boolean;
  /** Keys that stay whatever the policy says. */
  readonly keep: readonly string[];
  /** What is known of the backups, the newest first. */
  readonly history: readonly HistoryRecord[];
  /** Throws `BUSY` if this process works on a key. */
  assertFree(key: string): void;
}

/** Why a backup that no rule keeps stays all the same. */
const STAYS: Readonly<Record<string, string>> = {
  BUSY: "in use by a create or restore",
  PERMISSION_DENIED: "the storage does not let it go",
};

/**
 * Removes the backups that no rule of the policy keeps, the oldest first, in each destination of a mirrored filesystem by what lies there.
 * One that cannot be removed does not keep the others; the first failure is thrown in the end.
 */
export async function pruneBackups(
  filesystem: Filesystem,
  operation: Operation,
  settings: PruneSettings,
): Promise<PruneReport> {
  const destinations = destinationsOf(filesystem) ?? [{ name: undefined, filesystem }];
  const decisions: PruneDecision[] = [];
  const failures: StowageError[] = [];
  for (const destination of destinations) {
    try {
      const planned = await planFor(destination.filesystem, operation, settings);
      const judged = settings.dryRun
        ? planned
        : await remove(destination.filesystem, planned, operation, settings, failures);
      decisions.push(...judged.map((decision) => ({ ...decision, destination: destination.name })));
    } catch (error) {
      if (!(error instanceof StowageError) || error.code === "ABORTED") throw error;
      failures.push(error);
    }
  }
  const [failure] = failures;
  if (failure) throw severalFailed(failure, failures.length);
  const gone = decisions.filter(({ keep }) => !keep);
  return { decisions, removed: gone.length, removedSize: gone.reduce((total, { size }) => total + size, 0) };
}

async function planFor(
  filesystem: Filesystem,
  operation: Operation,
  { policy, namePrefix, history, keep }: PruneSettings,
): Promise<RetentionDecision[]> {
  return planRetention(await listBackups(filesystem, operation), {
    policy,
    namePrefix,
    keys: new Set(keep),
    ...knownBackups(history),
  });
}

async function remove(
  filesystem: Filesystem,
  planned: readonly RetentionDecision[],
  { signal }: Operation,
  settings: PruneSettings,
  failures: StowageError[],
): Promise<RetentionDecision[]> {
  const outcomes = new Map<string, RetentionDecision>();
  for (const decision of planned.filter(({ keep }) => !keep).toReversed()) {
    signal.throwIfAborted();
    try {
      await deleteBackup(filesystem, { key: decision.key, signal }, settings);
    } catch (error) {
      if (!(error instanceof StowageError) || error.code === "ABORTED") throw error;
      if (error.code === "NOT_FOUND") continue; // somebody else was faster
      const stays = STAYS[error.code];
      outcomes.set(decision.key, {
        ...decision,
        keep: true,
        reasons: [stays ? `${stays}: ${error.message}` : error.message],
      });
      if (stays === undefined) failures.push(error);
    }
  }
  return planned.map((decision) => outcomes.get(decision.key) ?? decision);
}

function severalFailed(failure: StowageError, count: number): StowageError {
  if (count === 1) return failure;
  const { code, message, retryable, key } = failure;
  return new StowageError(code, `${message}; and ${count - 1} more like it`, {
    cause: failure,
    retryable,
    ...(key !== undefined && { key }),
  });
}
