import { StowageError } from "../errors.ts";
import type { Copy } from "../filesystem/copy.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { compareKeys } from "../filesystem/key.ts";
import { listWhatShows } from "../manager/list-what-shows.ts";
import type { BackupInfo } from "../manager/settings/manager-options.ts";
import type { CopyOptions } from "./copy-report.ts";

/** A backup to copy, or why it cannot be. */
export type PlannedCopy = { readonly info: BackupInfo } | { readonly key: string; readonly error: StowageError };

/** What is to be copied, the oldest first, and before it what is missing. */
export async function planCopies(
  from: Filesystem,
  { keys, latest }: CopyOptions,
  signal: AbortSignal,
): Promise<{ readonly planned: PlannedCopy[]; readonly unseen: readonly Copy[] }> {
  if (keys !== undefined) return { planned: await described(from, keys, signal), unseen: [] };
  let unseen: readonly Copy[] = [];
  const onPartial = (copies: readonly Copy[]) => {
    unseen = copies;
  };
  const listed = (await listWhatShows(from, { signal, onPartial })).sort(byAge);
  return { planned: listed.slice(latest === undefined ? 0 : -latest).map((info) => ({ info })), unseen };
}

async function described(from: Filesystem, keys: readonly string[], signal: AbortSignal): Promise<PlannedCopy[]> {
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
