import { mkdir, rmdir } from "node:fs/promises";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { recover } from "../restore/recover.ts";
import { restoreArchive } from "../restore/restore-archive.ts";
import { judgedBackup, limitsOfSpace, reportOf } from "./judged-backup.ts";
import type { ArchiveReport } from "./manager-options.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Operation } from "./operations.ts";
import { withHooks } from "./with-hooks.ts";

/** Judges the archive under the operation's key and replaces the data directory's content by it. */
export async function restoreBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings,
): Promise<ArchiveReport> {
  const { dataDir, disk } = settings;
  const made = await mkdir(dataDir, { recursive: true });
  try {
    await recover(dataDir, { disk });
    return await judgeAndReplace(filesystem, operation, settings);
  } catch (error) {
    if (made !== undefined) await rmdir(dataDir).catch(() => {}); // it stays if it is not empty
    throw error;
  }
}

async function judgeAndReplace(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings,
): Promise<ArchiveReport> {
  const { dataDir, disk, hooks, requiredFiles } = settings;
  const { key, signal } = operation;
  const base = await limitsOfSpace(disk, dataDir);
  const { source, archive } = await judgedBackup(filesystem, operation, { ...settings, base, requiredFiles });
  const onProgress = operation.phase("stage", { entriesTotal: archive.entries.length, bytesTotal: archive.size });
  await restoreArchive(source, archive.entries, {
    ...(await settings.keptEntries(filesystem)),
    key,
    disk,
    dataDir,
    signal,
    onProgress,
    sentinel: requiredFiles[0]?.split("/")[0],
    aroundSwap: (swap) =>
      withHooks(
        () => hooks.beforeSwap?.({ key }),
        async () => {
          operation.phase("swap", { entriesTotal: archive.entries.length, bytesTotal: archive.size });
          await operation.fence.confirm();
          await swap();
        },
        (restored) => hooks.afterSwap?.({ key, restored }),
      ),
  });
  await hooks.onRestored?.({ key });
  return reportOf(archive);
}
