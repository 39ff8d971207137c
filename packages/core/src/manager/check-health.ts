import type { SignalOption } from "../filesystem/filesystem-options.ts";
import type { HistoryRecord } from "../history/history-record.ts";
import { type DatedBackup, datedBackups, knownBackups } from "./known-backups.ts";
import type { BackupInfo } from "./settings/manager-options.ts";

export interface HealthOptions extends SignalOption {
  /** How old the newest good backup may be, in milliseconds. Default 26 hours: a day, and time for the backup itself. */
  readonly maxAgeMs?: number | undefined;
  /** How many good backups there must be. Default 1. */
  readonly minCount?: number | undefined;
  /** The share by which a backup may be smaller than the one before it, from 0 to 1. Default 0.5. More is a warning. */
  readonly maxShrink?: number | undefined;
  /** Whether backups count that are not named by this manager, such as uploads. Default false. */
  readonly others?: boolean | undefined;
}

/** What is wrong, as a word and as a sentence. */
export interface HealthProblem {
  readonly reason: "too-old" | "too-few" | "last-failed" | "damaged" | "copy-failed" | "future" | "shrank";
  readonly message: string;
}

/** Whether backups are as they should be. */
export interface HealthReport {
  readonly healthy: boolean;
  /** Why they are not. Empty if they are. */
  readonly problems: readonly HealthProblem[];
  /** What somebody should look at, although it is no failure. */
  readonly warnings: readonly HealthProblem[];
  /** The newest backup that is not known to be damaged. */
  readonly newest?: DatedBackup | undefined;
  /** How many are not known to be damaged. */
  readonly count: number;
  /** The last create, verify or drill that failed, if the history knows one. */
  readonly lastFailure?: HistoryRecord | undefined;
}

/** What is known of the backups: the newest first. */
export interface HealthFacts {
  readonly listed: readonly BackupInfo[];
  readonly history: readonly HistoryRecord[];
  readonly namePrefix: string;
  readonly now: Date;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A mistake of whoever called, or somebody's wish: no failure of backups. */
const HARMLESS: ReadonlySet<string> = new Set([
  "ALREADY_EXISTS",
  "BUSY",
  "CLOSED",
  "INVALID_ARGUMENT",
  "INVALID_KEY",
  "INVALID_NAME",
  "NOT_FOUND",
]);
const WATCHED: ReadonlySet<string> = new Set(["create", "prune", "drill"]);

/** Judges backups by what lies there and by what the history tells. Without a history the list alone decides. */
export function judgeHealth(facts: HealthFacts, options: HealthOptions): HealthReport {
  const { history, now } = facts;
  const { maxAgeMs = 26 * HOUR_MS, minCount = 1, maxShrink = 0.5 } = options;
  const dated = datedBackups(facts.listed, { namePrefix: facts.namePrefix, others: options.others });
  const { isKnownBad } = knownBackups(history);
  const good = dated.filter(({ key }) => !isKnownBad(key));
  const [newest, before] = good;
  const lastFailure = history.find(
    ({ operation, error }) => error && !isHarmless({ error }) && (WATCHED.has(operation) || operation === "verify"),
  );
  const problems: HealthProblem[] = [];
  if (newest && now.getTime() - newest.at.getTime() > maxAgeMs) problems.push(tooOld(newest, maxAgeMs));
  if (good.length < minCount) problems.push(tooFew(good.length, minCount));
  for (const failed of lastOfEach(history)) problems.push(lastFailed(failed));
  const damaged = dated.filter(({ key }) => isKnownBad(key));
  for (const { key } of damaged)
    problems.push({ reason: "damaged", message: `${key} is damaged, as a check has found` });
  if (newest && newest.at.getTime() > now.getTime() + DAY_MS) problems.push(ofFuture(newest, now));
  problems.push(...failedCopies(history));
  const hasShrunk = newest && before && newest.size < before.size * (1 - maxShrink);
  const warnings = hasShrunk ? [shrank(newest, before)] : [];
  return { healthy: problems.length === 0, problems, warnings, newest, count: good.length, lastFailure };
}

/** Of each operation that should succeed, the last one if it failed. What ended well since is over. */
function lastOfEach(history: readonly HistoryRecord[]): HistoryRecord[] {
  const seen = new Set<string>();
  return history.filter((record) => {
    const { operation, finishedAt, error } = record;
    if (!WATCHED.has(operation) || !finishedAt || seen.has(operation) || isHarmless(record)) return false;
    seen.add(operation);
    return error !== undefined;
  });
}

/** Whether an operation failed for no fault of its own. A process that ended in the middle of it is one. */
export function isHarmless({ error }: Pick<HistoryRecord, "error">): boolean {
  if (!error) return false;
  return HARMLESS.has(error.code) || (error.code === "ABORTED" && error.reason !== "interrupted");
}

/** Of the last create: places of a mirrored filesystem that did not store it. */
function failedCopies(history: readonly HistoryRecord[]): HealthProblem[] {
  const last = history.find(({ operation, finishedAt, error }) => operation === "create" && finishedAt && !error);
  return (last?.warnings ?? []).flatMap(({ name, reason }): HealthProblem[] => {
    return reason === "copy-failed" ? [{ reason, message: `${name} did not store ${last?.key}` }] : [];
  });
}

function ofFuture({ key }: DatedBackup, now: Date): HealthProblem {
  return {
    reason: "future",
    message: `${key} is of a time to come: it is ${now.toISOString()} here, so a clock is or was wrong`,
  };
}

function tooOld({ key, at }: DatedBackup, maxAgeMs: number): HealthProblem {
  const hours = Math.round(maxAgeMs / HOUR_MS);
  return {
    reason: "too-old",
    message: `the newest good backup, ${key}, is of ${at.toISOString()}: more than ${hours} h ago`,
  };
}

function tooFew(count: number, minCount: number): HealthProblem {
  return { reason: "too-few", message: `there are ${count} good backups, and there should be ${minCount}` };
}

function lastFailed({ operation, key, finishedAt, error }: HistoryRecord): HealthProblem {
  const why = [error?.code, error?.reason].filter(Boolean).join(", ");
  return {
    reason: "last-failed",
    message: `the last ${operation} failed at ${finishedAt?.toISOString()}: ${why} (${key})`,
  };
}

function shrank(newest: DatedBackup, before: DatedBackup): HealthProblem {
  const message = `${newest.key} has ${newest.size} bytes, and ${before.key} before it had ${before.size}`;
  return { reason: "shrank", message };
}
