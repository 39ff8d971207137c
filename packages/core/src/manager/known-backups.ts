import { parseName } from "../backup-name.ts";
import type { HistoryRecord } from "../history/history-record.ts";
import type { BackupInfo } from "./settings/manager-options.ts";

/** These say that a check has found an archive damaged. */
const DAMAGED: ReadonlySet<string> = new Set(["INVALID_ARCHIVE", "CHECKSUM_MISMATCH"]);
const CHECKS: ReadonlySet<string> = new Set(["verify", "drill"]);

/** What the last check of each backup has found. */
export interface KnownBackups {
  isKnownBad(key: string): boolean;
  isKnownGood(key: string): boolean;
}

/** By the history, the newest first. A check that failed for another reason, such as a storage that was down, says nothing. */
export function knownBackups(history: readonly HistoryRecord[]): KnownBackups {
  const verdicts = new Map<string, "good" | "bad">();
  for (const { operation, key, finishedAt, error } of history) {
    const isVerdict = finishedAt !== undefined && (error === undefined || DAMAGED.has(error.code));
    if (CHECKS.has(operation) && isVerdict && !verdicts.has(key)) verdicts.set(key, error ? "bad" : "good");
  }
  return { isKnownBad: (key) => verdicts.get(key) === "bad", isKnownGood: (key) => verdicts.get(key) === "good" };
}

/** A backup with the time that it is of. */
export interface DatedBackup extends BackupInfo {
  /** The time in its name; that of its storage where the name has none. */
  readonly at: Date;
}

/** The zips of a list, the newest first. */
export function datedBackups(listed: readonly BackupInfo[], namePrefix: string): DatedBackup[] {
  return listed
    .filter(({ key }) => key.endsWith(".zip"))
    .map((backup) => ({ ...backup, at: parseName(namePrefix, backup.key)?.at ?? backup.modifiedAt }))
    .sort((left, right) => right.at.getTime() - left.at.getTime());
}
