import { readBackup } from "../backup-name.ts";
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

/** What is stored under the key afterwards is another backup. */
const STORING: ReadonlySet<string> = new Set(["create", "upload"]);

/** By the history, the newest first. A check that failed for another reason, such as a storage that was down, says nothing. */
export function knownBackups(history: readonly HistoryRecord[]): KnownBackups {
  const verdicts = new Map<string, "good" | "bad" | "unknown">();
  for (const { operation, key, finishedAt, error } of history) {
    if (finishedAt === undefined || verdicts.has(key)) continue;
    if (STORING.has(operation) && !error) verdicts.set(key, "unknown");
    const isVerdict = CHECKS.has(operation) && (error === undefined || DAMAGED.has(error.code));
    if (isVerdict) verdicts.set(key, error ? "bad" : "good");
  }
  return { isKnownBad: (key) => verdicts.get(key) === "bad", isKnownGood: (key) => verdicts.get(key) === "good" };
}

/** A backup with the time that it is of. */
export interface DatedBackup extends BackupInfo {
  /** The time in its name; that of its storage where the name has none. */
  readonly at: Date;
}

/**
 * The backups of a list that are of this manager by their names, the newest first; with `others` all zips. Those named after a time to come, by a clock
 * that was wrong, are none.
 */
export function datedBackups(
  listed: readonly BackupInfo[],
  naming: { readonly namePrefix: string; readonly others?: boolean | undefined },
): DatedBackup[] {
  const dated = listed.flatMap((backup): DatedBackup[] => {
    const read = readBackup(backup, naming);
    return read ? [{ ...backup, at: read.at }] : [];
  });
  return dated.sort((left, right) => right.at.getTime() - left.at.getTime());
}
