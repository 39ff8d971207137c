import { writeFile } from "node:fs/promises";
import type { BenchmarkControl } from "../benchmark-control.ts";
import { expectedSize } from "../datasets/dataset.ts";
import { type Goal, goalTable } from "../goal.ts";
import { type Machine, machineText, watchMachine } from "../machine.ts";
import { markdownTable } from "../markdown-table.ts";
import { ratioText, spreadOf } from "../statistics.ts";
import { withWorkDirectory } from "../work-directory.ts";
import type { ComparisonResult } from "./compare-jobs.ts";
import { measureParts } from "./measure-parts.ts";
import { ratioOf } from "./storage-goals.ts";
import type { StorageOptions } from "./storage-options.ts";

/** What `--json` writes. */
export interface StorageFigures extends Machine, Omit<StorageOptions, "json" | "directory"> {
  readonly benchmark: "storage";
  readonly results: readonly ComparisonResult[];
  readonly goals: readonly Goal[];
  readonly problems: readonly string[];
}

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

function neededSize({ entries, remote }: StorageOptions): number {
  const sizes = { ...remote, files: entries };
  return COPIES * Math.max(...(["d1", "d2", "d3"] as const).map((name) => expectedSize(name, sizes)));
}

function print({ results, goals, problems, rounds, ...machine }: StorageFigures, print: (text: string) => void): void {
  print(`${rounds} rounds in rotated order, medians, ratios within a round (least–most), the highest peak`);
  print(`${machineText(machine)}\n`);
  const rows = results.flatMap((result) =>
    result.jobs.map(({ title, rounds }, index) => [
      `${result.title}: ${title}`,
      spreadOf(rounds.map(({ wallMs }) => wallMs)).median.toFixed(0),
      index === 1 ? ratioText(ratioOf(result) ?? spreadOf([Number.NaN])) : "",
      spreadOf(rounds.map(({ cpuMs }) => cpuMs)).median.toFixed(0),
      (Math.max(...rounds.map(({ peakRss }) => peakRss)) / 1e6).toFixed(0),
      String(Math.max(...rounds.map(({ requests }) => requests))),
    ]),
  );
  print(markdownTable(["what", "wall ms", "Stowage ÷ it", "CPU ms", "peak RSS MB", "requests"], rows));
  print(`\n${goalTable(goals)}\n`);
  for (const problem of problems) print(`problem: ${problem}`);
}
