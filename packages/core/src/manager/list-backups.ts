import type { Filesystem } from "../filesystem/filesystem.ts";
import { withoutAttributes } from "./attribute-files.ts";
import type { Operation } from "./operations/operations.ts";
import type { BackupInfo } from "./settings/manager-options.ts";

/** Lists the backups in a filesystem, newest first. */
export async function listBackups(
  filesystem: Filesystem,
  { signal }: Pick<Operation, "signal">,
): Promise<BackupInfo[]> {
  const backups: BackupInfo[] = [];
  for await (const files of filesystem.listPages({ signal })) {
    for (const { key, size, modifiedAt } of files) backups.push({ key, size, modifiedAt });
  }
  return withoutAttributes(backups).sort(newestFirst);
}

export function newestFirst(left: BackupInfo, right: BackupInfo): number {
  return right.modifiedAt.getTime() - left.modifiedAt.getTime();
}
