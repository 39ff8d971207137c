import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { withoutSlash } from "../archive/format/entry-name.ts";
import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import { checkRequired, totalSize } from "../archive/judge/restorable.ts";
import type { Disk } from "../disk/disk.ts";
import { existsOnDisk } from "../disk/disk-steps.ts";
import { mountsBelow } from "../disk/mounts-below.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { entriesByMount } from "../restore/entries-by-mount.ts";
import { assertSettled } from "../restore/recover.ts";
import { mustStay } from "../restore/swap/plan-swap.ts";
import { type SurveyedRoot, surveyRoots } from "../restore/swap/survey.ts";
import { assertNotWorkedIn } from "./assert-not-worked-in.ts";
import { assertFits, type ChosenEntries, chosenEntries } from "./chosen-entries.ts";
import { foldingThere } from "./folding-there.ts";
import { judgedBackup, UNLIMITED } from "./judged-backup.ts";
import type { Operation } from "./operations/operations.ts";
import { PlanProblems } from "./plan-problems.ts";
import { plannedChanges } from "./planned-changes.ts";
import { assertNothingKept, assertRoomFor, type RestoreSettings } from "./restore-backup.ts";
import type { PlannedSpace, RestorePlan } from "./restore-plan.ts";
import { restoreReport } from "./restore-report.ts";
import { type PlannedMounts, planMounts } from "./settings/plan-mounts.ts";

/**
 * Says what a restore would do. Takes no lock and no claim, calls no hook, and writes nothing anywhere. What would stop it is told, but for
 * what leaves nothing to plan with: a missing or damaged archive. Whether each entry can be moved shows only when it is tried.
 */
export async function planRestore(
  filesystem: Filesystem,
  operation: Operation,
  settings: RestoreSettings,
): Promise<RestorePlan> {
  const { disk, dataDir } = settings;
  const problems = new PlanProblems();
  await problems.from(() => assertSettled(disk, dataDir));
  await problems.from(() => assertNothingKept(settings));
  const kept = await settings.keptEntries(filesystem);
  const planned = (await problems.from(() => planMounts(kept, settings))) ?? { ...kept, mounts: [] };
  const judging = { ...settings, workers: 0, requiredFiles: [], kept: planned, base: UNLIMITED };
  const quiet = { ...operation, phase: () => () => {} };
  await using judged = await judgedBackup(filesystem, quiet, { ...judging, folding: await foldingThere(settings) });
  const { archive } = judged;
  const entries = await chosenEntries(archive, planned, settings);
  await assertFitting(archive, entries, settings, problems);
  const space = (await problems.from(() => spaceOf(archive, planned, settings, problems))) ?? [];
  const { mounts } = planned;
  const survey = await surveyRoots({ disk, dataDir, id: randomUUID(), isKept: entries.isKept, mounts });
  await problems.from(async () => assertDirectoriesStay(survey.roots, entries.held, settings));
  const there = { disk, dataDir, ...survey, mounted: await mountsBelow(disk, dataDir) };
  const changes = await plannedChanges(entries.held, there);
  const roots = survey.roots.map(({ dir, kept: staying }) => ({ dir, out: [], in: [], keep: [...staying] }));
  const outcome = { roots, foreign: survey.foreign, lost: [], warnings: [] };
  const { entries: count, size, skipped, warnings } = restoreReport(archive, outcome, { ...entries, planned });
  const found = { isPossible: problems.found.length === 0, problems: problems.found };
  return { key: operation.key, ...found, entries: count, size, skipped, warnings, ...changes, space };
}

/** What a restore looks at before it fetches anything. */
async function assertFitting(
  archive: JudgedArchive,
  entries: ChosenEntries,
  settings: RestoreSettings,
  problems: PlanProblems,
): Promise<void> {
  const files = new Set(archive.entries.filter(({ type }) => type === "file").map(({ name }) => name));
  for (const name of settings.requiredFiles) await problems.from(async () => checkRequired(files, [name]));
  await problems.from(() => assertFits(archive, settings, entries));
  await problems.from(() => assertNotWorkedIn(settings, entries.isKept));
}

async function spaceOf(
  archive: JudgedArchive,
  { mounts }: PlannedMounts,
  { disk, dataDir, limits }: RestoreSettings,
  problems: PlanProblems,
): Promise<PlannedSpace[]> {
  const space: PlannedSpace[] = [];
  for (const [mount, some] of entriesByMount(archive.entries, mounts)) {
    const path = join(dataDir, mount);
    const free = await disk.freeSpace(await nearestThere(disk, path));
    space.push({ mount, needed: some.reduce((total, entry) => total + entry.size, 0), free });
    if (mounts.length > 0) await problems.from(async () => assertRoomFor(some, { path, free }));
    else if (limits.maxTotalSize === undefined) {
      await problems.from(async () => totalSize(some, { ...UNLIMITED, freeSpace: free }));
    }
  }
  return space;
}

/** The directory itself, or where it would be made. */
async function nearestThere(disk: Disk, directory: string): Promise<string> {
  let path = directory;
  while (!(await existsOnDisk(disk, path)) && dirname(path) !== path) path = dirname(path);
  return path;
}

/** A restore would find a file of the archive where a directory stays because of something below it. */
function assertDirectoriesStay(
  roots: readonly SurveyedRoot[],
  held: ChosenEntries["held"],
  { dataDir }: RestoreSettings,
): void {
  const files = new Set(held.filter((entry) => !("type" in entry) || entry.type === "file").map(({ name }) => name));
  const staying = roots.filter(({ kept, innerRoots }) => kept.size + innerRoots.length > 0); // foreign names give way
  const inTheWay = staying.find(({ dir }) => files.has(withoutSlash(dir)));
  if (inTheWay) throw mustStay(join(dataDir, inTheWay.dir));
}
