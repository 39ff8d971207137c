import { join } from "node:path";
import { raceAbort } from "../abort.ts";
import type { Disk } from "../disk/disk.ts";
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

/** Bytes, and the share of what is free, that a drill leaves to others. */
const HEADROOM = 256 * 1024 * 1024;
const HEADROOM_SHARE = 0.1;

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
  await operation.noteBegun();
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
  const dated = datedBackups(await listBackups(filesystem, operation), settings);
  const newest = dated.find(({ key }) => !settings.known.isKnownBad(key));
  if (newest) return newest.key;
  throw new StowageError(
    "NOT_FOUND",
    "there is no backup to drill with that this manager named; create one, or give a key",
  );
}

async function extractAndCheck(
  filesystem: Filesystem,
  operation: Operation,
  settings: DrillSettings,
): Promise<VerifyReport> {
  const { disk, stateDir, checkDatabases: mode } = settings;
  const { key, signal } = operation;
  await sweepSnapshots(disk, stateDir).catch(() => {}); // what a killed drill left; it is looked for again next time
  const entries = await listEntries(filesystem, { key, signal }, settings);
  await using scratch = await makeSnapshotFolder(disk, stateDir);
  await assertHeadroom(
    disk,
    scratch.path,
    entries.reduce((total, entry) => total + entry.size, 0),
  );
  const to = join(scratch.path, "data");
  const report = await extractBackup(filesystem, operation, { ...settings, to, select: undefined });
  const unchecked = await checkDatabases(to, entries, { mode, signal });
  await checkBy(settings.check, { directory: to, key, signal });
  const unread = unchecked.map((name) => ({ name, reason: "database-not-checked" }));
  return { ...report, warnings: [...report.warnings, ...unread] };
}

/** The application must not run out of space because of a drill. `NO_SPACE`. */
async function assertHeadroom(disk: Disk, path: string, size: number): Promise<void> {
  const free = await disk.freeSpace(path);
  if (free - size >= Math.max(HEADROOM, free * HEADROOM_SHARE)) return;
  const message = `the drill would write ${size} bytes where ${free} are free, and leave the application too few; stateDir can lie elsewhere`;
  throw new StowageError("NO_SPACE", message);
}

/** What the application finds wrong is an archive that is of no use. A check that does not end is left behind once the signal aborts. */
async function checkBy(
  check: DrillOptions["check"],
  { directory, key, signal }: { readonly directory: string; readonly key: string; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await raceAbort(Promise.resolve(check?.(directory)), signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the application's check of ${key} failed: ${why}`;
    throw new StowageError("INVALID_ARCHIVE", message, { cause, reason: "check-failed" });
  }
}
