import { writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { type Goal, goalsOf, problemsOf } from "./goals.ts";
import { measureTransfers, type TransferResult } from "./measure-transfers.ts";
import { reportOf } from "./report.ts";
import { type Summary, summarise } from "./summary.ts";
import type { TransferOptions } from "./transfer-options.ts";

export interface BenchmarkControl {
  readonly signal: AbortSignal;
  /** Takes a piece of the report, without a line end. */
  readonly print: (text: string) => void;
  /** Hears what runs. */
  readonly progress: (text: string) => void;
}

/** What `--json` writes. */
export interface TransferFigures extends Omit<TransferOptions, "json"> {
  readonly node: string;
  readonly cores: number;
  /** Processes that wanted to run in the minute before and the last one: much more than one per core spoils timings. */
  readonly load: { readonly before: number; readonly after: number };
  readonly results: readonly TransferResult[];
  readonly summaries: readonly Summary[];
  readonly goals: readonly Goal[];
  /** Why the run failed. A goal that is missed is not in here. */
  readonly problems: readonly string[];
}

/** Moves content up and down, prints the figures, and resolves with whether every byte and every peak was right. */
export async function transferBenchmark(options: TransferOptions, control: BenchmarkControl): Promise<boolean> {
  const { json, ...settings } = options;
  const before = load();
  const results = await measureTransfers(options, { signal: control.signal, onStart: control.progress });
  const summaries = summarise(results, options.size);
  const goals = goalsOf(summaries);
  const problems = problemsOf(summaries);
  const machine = { node: process.version, cores: availableParallelism(), load: { before, after: load() } };
  const figures: TransferFigures = { ...machine, ...settings, results, summaries, goals, problems };
  print(figures, control);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
  return problems.length === 0;
}

function print(figures: TransferFigures, { print }: BenchmarkControl): void {
  const { size, rounds, seed, node, cores, load, summaries, goals, problems } = figures;
  print(`${size / 1e6} MB per transfer, rounds: ${rounds}, seed ${seed}, medians, ratios within a round (least–most)`);
  print(`Node ${node}, ${cores} cores, load ${load.before} before and ${load.after} after\n`);
  print(reportOf(summaries, goals));
  for (const problem of problems) print(`problem: ${problem}`);
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
