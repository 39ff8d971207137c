import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchmarkControl } from "../benchmark-control.ts";
import { expectedSize } from "../datasets/dataset.ts";
import { atMost, type Goal, goalTable } from "../goal.ts";
import { type Machine, machineText, watchMachine } from "../machine.ts";
import { markdownTable } from "../markdown-table.ts";
import { pairedRatio, ratioText, type Spread, spreadOf } from "../statistics.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { type CompareControl, type ComparisonResult, compareJobs } from "./compare-jobs.ts";
import { entriesComparison, listLocalComparison, listS3Comparison, restoreComparison } from "./comparisons.ts";
import type { StorageOptions } from "./storage-options.ts";

/** What `--json` writes. */
export interface StorageFigures extends Machine, Omit<StorageOptions, "json" | "directory"> {
  readonly benchmark: "storage";
  readonly results: readonly ComparisonResult[];
  readonly goals: readonly Goal[];
  readonly problems: readonly string[];
}

/** A comparison and what is asked of it. */
interface Measured {
  readonly result: ComparisonResult;
  readonly goals: readonly Goal[];
}

const PAGE_SIZE = 1_000;
const RANGE_SIZE = 8 * 1_024 * 1_024;
const COPIES = 5;

/** Measures what a storage is asked for, prints it, and resolves with whether everything was right. */
export async function storageBenchmark(options: StorageOptions, control: BenchmarkControl): Promise<boolean> {
  const { json, directory, ...settings } = options;
  const machine = await watchMachine(control.progress);
  const { signal, progress } = control;
  const measured = await withWorkDirectory({ parent: directory, size: neededSize(options) }, ({ path: work }) => {
    return measureParts(options, { rounds: options.rounds, work, signal, progress });
  });
  const results = measured.map(({ result }) => result);
  const goals = measured.flatMap((each) => each.goals);
  const problems = results.flatMap((each) => each.problems);
  const figures: StorageFigures = { benchmark: "storage", ...(await machine()), ...settings, results, goals, problems };
  print(figures, control.print);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
  return problems.length === 0;
}

function neededSize({ entries, restored }: StorageOptions): number {
  const sizes = { ...restored, files: entries };
  return COPIES * Math.max(...(["d1", "d2", "d3"] as const).map((name) => expectedSize(name, sizes)));
}

async function measureParts(options: StorageOptions, control: CompareControl): Promise<Measured[]> {
  const { parts, backups, restored } = options;
  const measured: Measured[] = [];
  if (parts.includes("list")) measured.push(await listLocal(backups, control), await listS3(backups, control));
  if (parts.includes("entries")) measured.push(await entries(options, control));
  for (const name of parts.includes("restore") ? (["d1", "d3"] as const) : []) {
    const { comparison, archiveSize } = await restoreComparison(name, restored, control);
    const result = await compareJobs(comparison, control);
    await rm(join(control.work, name), { recursive: true });
    const most = 3 + Math.ceil(archiveSize / RANGE_SIZE);
    measured.push({ result, goals: [...ratioGoals(result, 0.5), requestGoal(result, most)] });
  }
  return measured;
}

async function listLocal(backups: number, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(await listLocalComparison(backups, control), control);
  return { result, goals: ratioGoals(result, 0.6) };
}

async function listS3(backups: number, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(listS3Comparison(backups), control);
  return { result, goals: [...ratioGoals(result, 0.6), requestGoal(result, Math.ceil(backups / PAGE_SIZE))] };
}

async function entries(options: StorageOptions, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(await entriesComparison(options, control), control);
  await rm(join(control.work, "d2"), { recursive: true });
  return { result, goals: [requestGoal(result, 3)] };
}

function ratioGoals(result: ComparisonResult, wanted: number): Goal[] {
  const ratio = ratioOf(result);
  return ratio ? [atMost(`${result.title}: wall ≤ ${wanted} × ${result.jobs[1]?.title}`, ratio.median, wanted)] : [];
}

function requestGoal({ title, jobs }: ComparisonResult, wanted: number): Goal {
  const requests = jobs[0]?.rounds.map((round) => round.requests) ?? [];
  return atMost(`${title}: requests ≤ ${wanted}`, Math.max(...requests), wanted);
}

function ratioOf({ jobs: [ours, peer] }: ComparisonResult): Spread | undefined {
  if (!ours || !peer) return undefined;
  return pairedRatio(
    ours.rounds.map(({ wallMs }) => wallMs),
    peer.rounds.map(({ wallMs }) => wallMs),
  );
}

function print({ results, goals, problems, rounds, ...machine }: StorageFigures, print: (text: string) => void): void {
  print(`${rounds} rounds in rotated order, medians, ratios within a round (least–most)`);
  print(`${machineText(machine)}\n`);
  const rows = results.flatMap((result) =>
    result.jobs.map(({ title, rounds }, index) => [
      `${result.title}: ${title}`,
      spreadOf(rounds.map(({ wallMs }) => wallMs)).median.toFixed(0),
      index === 1 ? ratioText(ratioOf(result) ?? spreadOf([Number.NaN])) : "",
      spreadOf(rounds.map(({ cpuMs }) => cpuMs)).median.toFixed(0),
      String(Math.max(...rounds.map(({ requests }) => requests))),
    ]),
  );
  print(markdownTable(["what", "wall ms", "Stowage ÷ it", "CPU ms", "requests"], rows));
  print(`\n${goalTable(goals)}\n`);
  for (const problem of problems) print(`problem: ${problem}`);
}
