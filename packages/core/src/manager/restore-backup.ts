import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { keptPrevious } from "../restore/keep-previous.ts";
import { makeDataDirectory, removeDataDirectory } from "../restore/make-data-directory.ts";
import { recover } from "../restore/recover.ts";
import { restoreArchive } from "../restore/restore-archive.ts";
import { judgedBackup, limitsOfSpace, reportOf } from "./judged-backup.ts";
import type { KeptEntries } from "./kept-entries.ts";
import { keepingMounts } from "./kept-mounts.ts";
import type { ArchiveReport } from "./manager-options.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Operation } from "./operations.ts";
import { swapHooks } from "./swap-hooks.ts";

export interface RestoreSettings extends ManagerSettings {
  readonly keepPrevious: boolean;
}

/** Judges the archive under the operation's key and replaces the data directory's content by it. */
export async function restoreBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: RestoreSettings,
): Promise<ArchiveReport> {
  const { dataDir, disk } = settings;
  const made = await makeDataDirectory(disk, dataDir);
  try {
    await recover(dataDir, { disk });
    await assertNothingKept(settings);
    return await judgeAndReplace(filesystem, operation, settings);
  } catch (error) {
    await removeDataDirectory(disk, made);
    throw error;
  }
}

async function assertNothingKept({ disk, dataDir }: ManagerSettings): Promise<void> {
  const kept = await keptPrevious(disk, dataDir);
  if (!kept) return;
  const message = `the data that ${JSON.stringify(kept.key)} replaced is still kept; call confirm() or rollback() first`;
  throw new StowageError("RECOVERY_REQUIRED", message);
}

async function judgeAndReplace(
  filesystem: Filesystem,
  operation: Operation,
  settings: RestoreSettings,
): Promise<ArchiveReport> {
  const { dataDir, disk, requiredFiles, keepPrevious } = settings;
  const { key, signal } = operation;
  const kept = await keepingMounts(await settings.keptEntries(filesystem), settings);
  const base = await limitsOfSpace(disk, dataDir);
  const keptEntries = async () => kept;
  const { source, archive } = await judgedBackup(filesystem, operation, { ...settings, keptEntries, base });
  const totals = { entriesTotal: archive.entries.length, bytesTotal: archive.size };
  await restoreArchive(source, archive.entries, {
    ...kept,
    key,
    disk,
    dataDir,
    signal,
    keepPrevious,
    onProgress: operation.phase("stage", totals),
    sentinel: sentinelOf(requiredFiles),
    aroundSwap: swapHooks(operation, settings, totals, () => assertSameMounts(kept, settings)),
  });
  await settings.hooks.onRestored?.({ key });
  return reportOf(archive);
}

/** The entry whose move decides: what holds the first of the required files. */
export function sentinelOf([first]: readonly string[]): string | undefined {
  return first?.split("/")[0];
}

/** Staging takes its time: what was mounted since is no more kept than it was planned for. */
async function assertSameMounts(kept: KeptEntries, settings: ManagerSettings): Promise<void> {
  await keepingMounts(kept, { ...settings, mounts: "refuse" });
}
