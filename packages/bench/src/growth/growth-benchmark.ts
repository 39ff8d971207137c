import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArchiveCheck } from "../archive/archive-check.ts";
import { BenchPlace } from "../archive/bench-place.ts";
import { CONTENDERS, type Operation, STOWAGE } from "../archive/contenders.ts";
import { type ArchiveResult, measureDataset } from "../archive/measure-dataset.ts";
import { problemsOf, summarise } from "../archive/summary.ts";
import type { BenchmarkControl } from "../benchmark-control.ts";
import { datasetTitle, expectedSize, makeDataset } from "../datasets/dataset.ts";
import { atMost, type Goal, goalTable } from "../goal.ts";
import { type Machine, machineText, watchMachine } from "../machine.ts";
import { markdownTable } from "../markdown-table.ts";
import { pairedRatio, ratioText, type Spread, spreadOf } from "../statistics.ts";
import { findTools, type Tools } from "../tools.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { type GrowthOptions, type GrowthStep, growthSteps } from "./growth-options.ts";

/** How one operation's time grew. */
interface Growth {
  readonly title: string;
  readonly operation: Operation;
  readonly small: ArchiveResult;
  readonly large: ArchiveResult;
  /** The larger time divided by the smaller one. */
  readonly ratio: Spread;
  readonly most: number;
}

/** What `--json` writes. */
interface GrowthFigures extends Machine {
  readonly benchmark: "growth";
  readonly growth: readonly Growth[];
  readonly goals: readonly Goal[];
  readonly problems: readonly string[];
}

/** At the most there lie the data, two archives of it, and a tree with what it touched before, of both sizes. */
const COPIES = 6;

/** Archives and restores data of two sizes, prints how the times grow, and resolves with whether everything was right. */
export async function growthBenchmark(options: GrowthOptions, control: BenchmarkControl): Promise<boolean> {
  const machine = await watchMachine(control.progress);
  const growth = await measureGrowth(options, control);
  const problems = problemsOf(summarise(growth.flatMap(({ small, large }) => [small, large])));
  const figures: GrowthFigures = {
    benchmark: "growth",
    ...(await machine()),
    growth,
    goals: growth.map(goalOf),
    problems,
  };
  print(figures, control.print);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  return problems.length === 0;
}

async function measureGrowth(options: GrowthOptions, control: BenchmarkControl): Promise<Growth[]> {
  const steps = growthSteps(options);
  const size = COPIES * Math.max(...steps.map(({ dataset, large }) => expectedSize(dataset, large)));
  return withWorkDirectory({ parent: options.directory, size }, async ({ path: directory }) => {
    const tools = await findTools(["unzip", "python3"], { directory, signal: control.signal });
    const growth: Growth[] = [];
    for (const step of steps) growth.push(...(await measureStep(step, { directory, options, tools, control })));
    return growth;
  });
}

interface StepContext {
  readonly directory: string;
  readonly options: GrowthOptions;
  readonly tools: Tools;
  readonly control: BenchmarkControl;
}

async function measureStep(step: GrowthStep, context: StepContext): Promise<Growth[]> {
  const { dataset, most } = step;
  const small = await measureSize(step, "small", context);
  const large = await measureSize(step, "large", context);
  const title = `${datasetTitle(dataset, step.small)} → ${datasetTitle(dataset, step.large)}`;
  return small.flatMap((before, index) => {
    const after = large[index];
    if (!after) return [];
    const ratio = pairedRatio(wallsOf(after), wallsOf(before));
    return [{ title, operation: before.operation, small: before, large: after, ratio, most }];
  });
}

async function measureSize(
  step: GrowthStep,
  size: "small" | "large",
  { directory, options, tools, control }: StepContext,
): Promise<ArchiveResult[]> {
  const { signal, progress } = control;
  const home = join(directory, `${step.dataset}-${size}`);
  progress(`making ${datasetTitle(step.dataset, step[size])}`);
  const dataset = await makeDataset(step.dataset, { directory: join(home, "data"), sizes: step[size], signal });
  const results = await measureDataset(dataset, {
    contenders: CONTENDERS.filter(({ name }) => name === STOWAGE),
    rounds: options.rounds,
    place: new BenchPlace(join(home, "runs"), dataset.directory),
    check: new ArchiveCheck(dataset.manifest, tools),
    onDropped: () => {},
    ...{ tools, signal, progress },
  });
  await rm(home, { recursive: true, force: true });
  return results;
}

function print({ growth, goals, problems, ...machine }: GrowthFigures, print: (text: string) => void): void {
  const rows = growth.map(({ title, operation, small, large, ratio }) => [
    `${operation}, ${title}`,
    ...[small, large].map((each) => spreadOf(wallsOf(each)).median.toFixed(2)),
    ratioText(ratio),
    ...[small, large].map(({ rounds }) => (Math.max(...rounds.map(({ peakRss }) => peakRss)) / 1e6).toFixed(0)),
  ]);
  print(`${machineText(machine)}\n`);
  print(markdownTable(["Stowage", "small s", "large s", "large ÷ small", "small RSS MB", "large RSS MB"], rows));
  print(`\n${goalTable(goals)}\n`);
  for (const problem of problems) print(`problem: ${problem}`);
}

function goalOf({ title, operation, ratio, most }: Growth): Goal {
  return atMost(`${operation}, ${title}: wall ≤ ${most} ×`, ratio.median, most);
}

function wallsOf({ rounds }: ArchiveResult): number[] {
  return rounds.map(({ wallMs }) => wallMs / 1e3);
}
