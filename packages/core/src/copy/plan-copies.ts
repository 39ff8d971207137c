import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { compareKeys } from "../filesystem/key.ts";
import { listBackups } from "../manager/list-backups.ts";
import type { BackupInfo } from "../manager/settings/manager-options.ts";
import type { CopyOptions } from "./copy-report.ts";

/** A backup to copy, or why it cannot be. */
export type PlannedCopy = { readonly info: BackupInfo } | { readonly key: string; readonly error: StowageError };

/** What is to be copied, the oldest first, and before it what is missing. */
export async function planCopies(
  from: Filesystem,
  { keys, latest }: CopyOptions,
  signal: AbortSignal,
): Promise<PlannedCopy[]> {
  if (keys === undefined) {
    const listed = (await listBackups(from, { signal })).sort(byAge);
    return listed.slice(latest === undefined ? 0 : -latest).map((info) => ({ info }));
  }
  const infos: BackupInfo[] = [];
  const missing: PlannedCopy[] = [];
  for (const key of new Set(keys)) {
    try {
      infos.push(await from.stat(key, { signal }));
    } catch (error) {
      if (signal.aborted || !(error instanceof StowageError)) throw error;
      missing.push({ key, error });
    }
  }
  return [...missing, ...infos.sort(byAge).map((info) => ({ info }))];
}

/** Of one moment, as coarse as the storage's clock may be, by the names: those that are generated hold the time. */
function byAge(left: BackupInfo, right: BackupInfo): number {
  return left.modifiedAt.getTime() - right.modifiedAt.getTime() || compareKeys(left.key, right.key);
}
