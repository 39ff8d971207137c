import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchmarkControl } from "../benchmark-control.ts";
import { type DatasetName, expectedSize } from "../datasets/dataset.ts";
import type { Goal } from "../goal.ts";
import { watchMachine } from "../machine.ts";
import { findTools, type ToolName, type Tools } from "../tools.ts";
import { type WorkDirectory, withWorkDirectory } from "../work-directory.ts";
import type { ArchiveFigures } from "./archive-figures.ts";
import type { ArchiveOptions } from "./archive-options.ts";
import { BenchDataset, type DatasetFigures } from "./bench-dataset.ts";
import { chartOf } from "./chart.ts";
import { CONTENDERS, type Contender, isRunnable, STOWAGE } from "./contenders.ts";
import { durableGoals } from "./durable-restore.ts";
import { goalsOf } from "./goals.ts";
import { chartPanels, printArchiveFigures } from "./print-figures.ts";
import { responsivenessGoals } from "./responsiveness.ts";
import { problemsOf } from "./summary.ts";

/** At the most there lie a dataset, two archives of it, and one that is made or a tree with what it touched before. */
const COPIES = 5;

/** Has everybody archive and extract the datasets, prints the figures, and resolves with whether everything was right. */
export async function archiveBenchmark(options: ArchiveOptions, control: BenchmarkControl): Promise<boolean> {
  const size = COPIES * Math.max(...options.datasets.map((name) => expectedSize(name, options)));
  const figures = await withWorkDirectory({ parent: options.directory, size }, (work) =>
    measure(options, work, control),
  );
  printArchiveFigures(figures, control.print);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  if (options.svg !== undefined) await writeFile(options.svg, chartOf(chartPanels(figures)));
  return figures.problems.length === 0;
}

async function measure(
  options: ArchiveOptions,
  work: WorkDirectory,
  control: BenchmarkControl,
): Promise<ArchiveFigures> {
  const { json: _, svg: __, directory: ___, ...settings } = options;
  const machine = await watchMachine(control.progress);
  const place = { parent: tmpdir(), size: 0 }; // nothing may be run from many a memory disk
  const { results, tools, missing } = await withWorkDirectory(place, (programs) => {
    return measureEach(options, { work, programs, control });
  });
  return {
    benchmark: "archive",
    ...(await machine()),
    ...settings,
    place: work.isMemory ? "memory" : "disk",
    tools: Object.fromEntries([...tools.found].map(([name, { version }]) => [name, version])),
    missing: Object.fromEntries(missing),
    results,
    goals: goalsIn(results),
    problems: results.flatMap(({ summaries, durable }) => [...problemsOf(summaries), ...(durable?.problems ?? [])]),
  };
}

interface Context {
  readonly work: WorkDirectory;
  /** Takes what is built. */
  readonly programs: WorkDirectory;
  readonly control: BenchmarkControl;
}

/** One dataset after the other, each removed before the next is made. */
async function measureEach(options: ArchiveOptions, { work, programs, control }: Context) {
  control.progress("looking for tools");
  const tools = await findTools(neededTools(options), { directory: programs.path, signal: control.signal });
  const missing = new Map<string, string>(tools.missing);
  const contenders = contendersOf(options, tools);
  const results: DatasetFigures[] = [];
  for (const name of options.datasets) {
    const dataset = await BenchDataset.make(name, { options, directory: join(work.path, name), control });
    const onDropped = ({ title, operation }: Contender, reason: string) => {
      missing.set(`${title}, ${operation} ${name}`, reason);
    };
    results.push(await dataset.measure({ contenders, tools, onDropped }));
    await dataset.remove();
  }
  return { results, tools, missing };
}

/** Those who are asked for and can run. An archive of another can only be restored if another makes one. */
function contendersOf(options: ArchiveOptions, tools: Tools): Contender[] {
  const able = CONTENDERS.filter((contender) => isWanted(contender, options) && isRunnable(contender, tools));
  const makesForeign = able.some(({ operation, name }) => operation === "create" && name !== STOWAGE);
  return able.filter(({ readsForeign }) => makesForeign || !readsForeign);
}

function isWanted({ name }: Contender, { peers }: ArchiveOptions): boolean {
  return name.startsWith(STOWAGE) || peers.includes(name);
}

/** The programs of those who are asked for, and what reads archives to check them. */
function neededTools(options: ArchiveOptions): ToolName[] {
  const wanted = CONTENDERS.filter((contender) => isWanted(contender, options));
  const tools = wanted.flatMap(({ run }) => ("tool" in run ? [run.tool] : []));
  return [...new Set<ToolName>([...tools, "unzip", "python3"])];
}

function goalsIn(results: readonly DatasetFigures[]): Goal[] {
  const files = Object.fromEntries(results.map(({ dataset, files }) => [dataset, files])) as Record<
    DatasetName,
    number
  >;
  return [
    ...goalsOf(
      results.flatMap(({ summaries }) => summaries),
      files,
    ),
    ...durableGoals(results.flatMap(({ durable }) => durable ?? [])),
    ...responsivenessGoals(results.flatMap(({ responsiveness }) => responsiveness)),
  ];
}
