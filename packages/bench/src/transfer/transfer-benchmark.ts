import { writeFile } from "node:fs/promises";
import type { BenchmarkControl } from "../benchmark-control.ts";
import type { Goal } from "../goal.ts";
import { type Machine, machineText, watchMachine } from "../machine.ts";
import { goalsOf, problemsOf } from "./goals.ts";
import { measureTransfers, type TransferResult } from "./measure-transfers.ts";
import { reportOf } from "./report.ts";
import { type Summary, summarise } from "./summary.ts";
import type { TransferOptions } from "./transfer-options.ts";

/** What `--json` writes. */
export interface TransferFigures extends Machine, Omit<TransferOptions, "json"> {
  readonly results: readonly TransferResult[];
  readonly summaries: readonly Summary[];
  readonly goals: readonly Goal[];
  /** Why the run failed. A goal that is missed is not in here. */
  readonly problems: readonly string[];
}

/** Moves content up and down, prints the figures, and resolves with whether every byte and every peak was right. */
export async function transferBenchmark(options: TransferOptions, control: BenchmarkControl): Promise<boolean> {
  const { json, ...settings } = options;
  const machine = await watchMachine(control.progress);
  const results = await measureTransfers(options, { signal: control.signal, onStart: control.progress });
  const summaries = summarise(results, options.size);
  const goals = goalsOf(summaries);
  const problems = problemsOf(summaries);
  const figures: TransferFigures = { ...(await machine()), ...settings, results, summaries, goals, problems };
  print(figures, control);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
  return problems.length === 0;
}

function print(figures: TransferFigures, { print }: BenchmarkControl): void {
  const { size, rounds, seed, summaries, goals, problems } = figures;
  print(`${size / 1e6} MB per transfer, rounds: ${rounds}, seed ${seed}, medians, ratios within a round (least–most)`);
  print(`${machineText(figures)}\n`);
  print(reportOf(summaries, goals));
  for (const problem of problems) print(`problem: ${problem}`);
}
