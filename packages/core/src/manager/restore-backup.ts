import { join } from "node:path";
import type { JudgedArchive, RoomLimits } from "../archive/judge/judge-archive.ts";
import { utf8ChildrenOf } from "../disk/disk-steps.ts";
import { type Folding, foldingOfAll, foldingSeen, foldingTried } from "../disk/folding.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { type Claim, whileClaimed } from "../restore/claim/claim.ts";
import { entriesByMount } from "../restore/entries-by-mount.ts";
import { RESTORE_FOLDER } from "../restore/folder/layout.ts";
import { keptPrevious } from "../restore/keep-previous.ts";
import { makeDataDirectory, removeDataDirectory } from "../restore/make-data-directory.ts";
import { finishInterrupted } from "../restore/recover.ts";
import { restoreArchive } from "../restore/restore-archive.ts";
import { assertNotWorkedIn } from "./assert-not-worked-in.ts";
import { assertFits, chosenEntries } from "./chosen-entries.ts";
import { type JudgedBackup, judgedBackup, limitsOfSpace } from "./judged-backup.ts";
import type { Operation } from "./operations/operations.ts";
import { restoreReport } from "./restore-report.ts";
import type { RestoreReport } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";
import { assertSameMounts, type PlannedMounts, planMounts } from "./settings/plan-mounts.ts";
import { stagedDatabasesCheck } from "./staged-databases.ts";
import { swapHooks } from "./swap-hooks.ts";

export interface RestoreSettings extends ManagerSettings {
  readonly allowUnrelated: boolean;
  readonly keepPrevious: boolean;
}

/** Judges the archive under the operation's key and replaces the data directory's content by it. */
export async function restoreBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: RestoreSettings,
): Promise<RestoreReport> {
  const { dataDir, disk, hooks } = settings;
  const made = await makeDataDirectory(disk, dataDir);
  try {
    const report = await whileClaimed({ disk, dataDir }, async (claim) => {
      await finishInterrupted(disk, dataDir);
      await assertNothingKept(settings);
      return judgeAndReplace(filesystem, operation, { ...settings, claim });
    });
    await hooks.onRestored?.({ key: operation.key });
    return report;
  } catch (error) {
    await removeDataDirectory(disk, made);
    throw error;
  }
}

/** Throws `RECOVERY_REQUIRED` while the previous data is kept. */
export async function assertNothingKept({ disk, dataDir }: ManagerSettings): Promise<void> {
  const kept = await keptPrevious(disk, dataDir);
  if (!kept) return;
  const message = `the data that ${JSON.stringify(kept.key)} replaced is still kept; call confirm() or rollback() first`;
  throw new StowageError("RECOVERY_REQUIRED", message);
}

async function judgeAndReplace(
  filesystem: Filesystem,
  operation: Operation,
  settings: RestoreSettings & { readonly claim: Claim },
): Promise<RestoreReport> {
  const planned = await planMounts(await settings.keptEntries(filesystem), settings); // of what lies there after a recovery
  const base = await limitsOf(planned, settings);
  const folding = await foldingOf(planned, settings);
  await using judged = await judgedBackup(filesystem, operation, { ...settings, kept: planned, base, folding });
  await assertRoom(judged.archive.entries, planned, settings);
  return await replace(judged, operation, { ...settings, planned }); // its threads end with it
}

async function replace(
  { reader, archive, threads }: JudgedBackup,
  operation: Operation,
  { planned, ...settings }: RestoreSettings & { readonly claim: Claim; readonly planned: PlannedMounts },
): Promise<RestoreReport> {
  const { dataDir, disk, requiredFiles, keepPrevious, claim } = settings;
  const { key, signal } = operation;
  const { chosen, held, alone, isKept } = await chosenEntries(archive, planned, settings);
  await assertFits(archive, settings, { isKept });
  await assertNotWorkedIn(settings, isKept);
  const totals = { entriesTotal: held.length, bytesTotal: archive.size };
  const outcome = await restoreArchive(reader, archive.entries, {
    isKept,
    mounts: planned.mounts,
    links: chosen.links,
    owners: settings.owners,
    isOurs: archive.isOurs,
    key,
    disk,
    dataDir,
    signal,
    threads,
    keepPrevious,
    checkStaged: stagedDatabasesCheck(signal, settings),
    onProgress: operation.phase("stage", totals),
    sentinel: requiredFiles[0],
    aroundSwap: swapHooks(operation, settings, totals, async () => {
      await assertSameMounts(planned, settings);
      await claim.assertHeld();
    }),
  });
  return restoreReport(archive, outcome, { alone, planned, chosen });
}

/** What may be written: where there are several volumes, to all of them together, until it is known which entry goes where. */
async function limitsOf({ mounts }: PlannedMounts, { disk, dataDir }: ManagerSettings): Promise<RoomLimits> {
  const limits = await limitsOfSpace(disk, dataDir);
  let { freeSpace = 0 } = limits;
  for (const mount of mounts) freeSpace += await disk.freeSpace(join(dataDir, mount));
  return { ...limits, freeSpace };
}

/** Which names are one on any volume. The folder of restores is there, since the data directory is claimed. */
async function foldingOf({ mounts }: PlannedMounts, { disk, dataDir }: ManagerSettings): Promise<Folding> {
  const foldings = [await foldingTried(disk, join(dataDir, RESTORE_FOLDER))];
  for (const mount of mounts) {
    const place = join(dataDir, mount);
    foldings.push(await foldingSeen(disk, place, await utf8ChildrenOf(disk, place)));
  }
  return foldingOfAll(foldings);
}

/** Throws `NO_SPACE` if one of several volumes cannot hold what the archive has for it. */
async function assertRoom(
  entries: JudgedArchive["entries"],
  { mounts }: PlannedMounts,
  { disk, dataDir }: ManagerSettings,
): Promise<void> {
  for (const [mount, some] of mounts.length > 0 ? entriesByMount(entries, mounts) : []) {
    const path = join(dataDir, mount);
    assertRoomFor(some, { path, free: await disk.freeSpace(path) });
  }
}

/** Throws `NO_SPACE` if the entries for one volume are larger than what is free there, in bytes. */
export function assertRoomFor(
  entries: JudgedArchive["entries"],
  { path, free }: { readonly path: string; readonly free: number },
): void {
  const size = entries.reduce((total, entry) => total + entry.size, 0);
  if (size <= free) return;
  const message = `the archive holds ${size} bytes for ${path}, where ${free} are free; nothing was touched`;
  throw new StowageError("NO_SPACE", message);
}
