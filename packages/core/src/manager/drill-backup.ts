import { join } from "node:path";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { checkDatabases } from "../snapshot/check-databases.ts";
import { makeSnapshotFolder, sweepSnapshots } from "../snapshot/snapshot-folder.ts";
import { extractBackup } from "./extract-backup.ts";
import { datedBackups, type KnownBackups } from "./known-backups.ts";
import { listBackups } from "./list-backups.ts";
import { listEntries } from "./list-entries.ts";
import type { DrillOptions } from "./operations/operation-options.ts";
import type { Operation } from "./operations/operations.ts";
import type { VerifyReport } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";
import { verifyBackup } from "./verify-backup.ts";

/** What a drill found. */
export interface DrillReport extends VerifyReport {
  readonly key: string;
}

export interface DrillSettings extends ManagerSettings, Pick<DrillOptions, "check"> {
  readonly known: KnownBackups;
}

/**
 * Restores a backup into a folder of `stateDir` that nobody else may enter, has SQLite check its databases and the application what it likes, and
 * removes it. Without a key it takes the newest that is not known to be damaged. Where there is no room, and nothing for the application to check,
 * every byte is verified without being written: `not-extracted`.
 */
export async function drillBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: DrillSettings,
): Promise<DrillReport> {
  const key = operation.key === "" ? await newestGood(filesystem, operation, settings) : operation.key;
  operation.rename(key);
  const drilled = { ...operation, key };
  try {
    return { key, ...(await extractAndCheck(filesystem, drilled, settings)) };
  } catch (error) {
    const hasNoRoom = error instanceof StowageError && error.code === "NO_SPACE";
    if (!hasNoRoom || settings.check) throw error;
    const verified = await verifyBackup(filesystem, drilled, settings);
    return { key, ...verified, warnings: [...verified.warnings, { name: key, reason: "not-extracted" }] };
  }
}

async function newestGood(filesystem: Filesystem, operation: Operation, settings: DrillSettings): Promise<string> {
  const dated = datedBackups(await listBackups(filesystem, operation), settings.namePrefix);
  const newest = dated.find(({ key }) => !settings.known.isKnownBad(key));
  if (newest) return newest.key;
  throw new StowageError("NOT_FOUND", "there is no backup to drill with; create one first");
}

async function extractAndCheck(
  filesystem: Filesystem,
  operation: Operation,
  settings: DrillSettings,
): Promise<VerifyReport> {
  const { disk, stateDir, checkDatabases: mode } = settings;
  const { key, signal } = operation;
  await sweepSnapshots(disk, stateDir).catch(() => {}); // what a killed drill left; it is looked for again next time
  await using scratch = await makeSnapshotFolder(disk, stateDir);
  const to = join(scratch.path, "data");
  const report = await extractBackup(filesystem, operation, { ...settings, to, select: undefined });
  const entries = await listEntries(filesystem, { key, signal }, settings);
  const unchecked = await checkDatabases(to, entries, { mode, signal });
  await checkBy(settings.check, to, key);
  const unread = unchecked.map((name) => ({ name, reason: "database-not-checked" }));
  return { ...report, warnings: [...report.warnings, ...unread] };
}

/** What the application finds wrong is an archive that is of no use. */
async function checkBy(check: DrillOptions["check"], directory: string, key: string): Promise<void> {
  try {
    await check?.(directory);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the application's check of ${key} failed: ${why}`;
    throw new StowageError("INVALID_ARCHIVE", message, { cause, reason: "check-failed" });
  }
}
