import { type BackupInfo, BackupManager, type CreateReport } from "@stowage/core";
import { localFilesystem } from "@stowage/local";

export interface PocketBaseBackup {
  /** The `pb_data` of a PocketBase, which may be running. */
  readonly dataDir: string;
  /** Where backups go. In `pb_data/backups` PocketBase lists them as its own. */
  readonly directory: string;
  /** How many of them to keep. */
  readonly keep: number;
}

/** Makes a backup, has it verified, and removes the oldest beyond `keep`. For a cron job beside PocketBase. */
export async function backUpPocketBase({
  dataDir,
  directory,
  keep,
}: PocketBaseBackup): Promise<BackupInfo & CreateReport> {
  await using filesystem = localFilesystem({ directory });
  await using manager = new BackupManager({
    dataDir,
    filesystem,
    requiredFiles: ["data.db"],
    exclude: [".pb_temp_to_delete", ".autocert_cache", ".notify"],
  });
  const backup = await manager.create();
  await manager.verify(backup.key);
  const own = (await manager.list()).filter(({ key }) => key.startsWith("pb_backup_"));
  for (const { key } of own.slice(keep)) await manager.delete(key);
  return backup;
}
