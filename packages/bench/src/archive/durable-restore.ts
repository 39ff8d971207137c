import { rm } from "node:fs/promises";
import type { Dataset, DatasetName } from "../datasets/dataset.ts";
import { atMost, type Goal } from "../goal.ts";
import { markdownTable } from "../markdown-table.ts";
import { runProgram } from "../run-program.ts";
import { pairedRatio, ratioText, rotated, type Spread, spreadOf } from "../statistics.ts";
import type { Tools } from "../tools.ts";
import type { BenchPlace } from "./bench-place.ts";
import { treeDifference } from "./check-tree.ts";
import { runClient } from "./run-contender.ts";

const MOST_RATIO = 1.2;

/** Seconds that a restore on a disk takes, without and with what makes it durable. One figure for each round. */
export interface DurableRestore {
  readonly dataset: DatasetName;
  readonly stowage: { readonly extracted: number[]; readonly durable: number[] };
  readonly unzip: { readonly extracted: number[]; readonly synced: number[] };
  /** What was wrong with the trees. */
  readonly problems: string[];
}

export interface DurableControl {
  readonly rounds: number;
  readonly tools: Tools;
  readonly signal: AbortSignal;
  /** On a disk, not in memory. */
  readonly place: BenchPlace;
}

/**
 * Compares what durability costs on a disk. Stowage: a restore up to the swap, less an extraction of the same archive, which
 * does the same but for syncing. The peer: `sync -f` behind `unzip`. Nothing is removed in between, since deletes slow ext4 down.
 */
export async function measureDurableRestore(dataset: Dataset, control: DurableControl): Promise<DurableRestore> {
  const { place, signal, rounds } = control;
  const created = await place.prepare();
  await runClient("stowage-create", created, signal);
  const result: DurableRestore = {
    dataset: dataset.name,
    stowage: { extracted: [], durable: [] },
    unzip: { extracted: [], synced: [] },
    problems: [],
  };
  const runs = [extractRun, restoreRun, unzipRun].map(
    (run) => () => run(dataset, created.archive, { control, result }),
  );
  for (let round = 0; round < rounds; round++) {
    for (const run of rotated(runs, round)) await run();
  }
  await rm(created.directory, { recursive: true, force: true });
  return result;
}

export function durableTable(all: readonly DurableRestore[]): string {
  const rows = all.flatMap((each) => {
    const { dataset, stowage, unzip } = each;
    const ratio = ratioText(stepRatio(each));
    return [
      [`${dataset.toUpperCase()} Stowage`, median(stowage.extracted), median(ourSteps(each)), ratio],
      [`${dataset.toUpperCase()} unzip, sync -f`, median(unzip.extracted), median(unzip.synced), ""],
    ];
  });
  return markdownTable(["restore on a disk", "staged s", "then durable s", "durable ÷ sync -f"], rows);
}

export function durableGoals(all: readonly DurableRestore[]): Goal[] {
  return all.map((each) => {
    const title = `${each.dataset.toUpperCase()} restore: what is durable ≤ ${MOST_RATIO} × sync -f behind unzip`;
    return atMost(title, stepRatio(each).median, MOST_RATIO);
  });
}

type Run = (
  dataset: Dataset,
  archive: string,
  context: { control: DurableControl; result: DurableRestore },
) => Promise<void>;

const extractRun: Run = async (dataset, archive, context) => {
  context.result.stowage.extracted.push(await secondsOf("stowage-extract", { dataset, archive }, context));
};

const restoreRun: Run = async (dataset, archive, context) => {
  context.result.stowage.durable.push(await secondsOf("stowage-restore", { dataset, archive }, context));
};

async function secondsOf(
  client: string,
  { dataset, archive }: { dataset: Dataset; archive: string },
  context: Parameters<Run>[2],
): Promise<number> {
  const { place, signal } = context.control;
  await settle(context.control, archive);
  const { target } = await place.prepare();
  const { wallMs } = await runClient(client, { source: "", archive, target }, signal);
  await check(dataset, target, context);
  return wallMs / 1e3;
}

const unzipRun: Run = async (dataset, archive, { control, result }) => {
  await settle(control, archive);
  const { target } = await control.place.prepare();
  const program = control.tools.found.get("unzip")?.program ?? "unzip";
  const unzipped = await runProgram({ program, args: ["-qq", "-o", archive, "-d", target] }, control.signal);
  const synced = await runProgram(syncOf(target), control.signal);
  result.unzip.extracted.push(unzipped.wallMs / 1e3);
  result.unzip.synced.push(synced.wallMs / 1e3);
  await check(dataset, target, { control, result });
};

/** What earlier runs left to be written is not this one's. */
async function settle({ signal }: DurableControl, path: string): Promise<void> {
  await runProgram(syncOf(path), signal);
}

function syncOf(path: string) {
  return { program: "sync", args: ["-f", path] };
}

async function check(dataset: Dataset, target: string, { control, result }: Parameters<Run>[2]): Promise<void> {
  const difference = await treeDifference(target, dataset.manifest, { keepsModes: true, signal: control.signal });
  if (difference !== undefined) result.problems.push(`restore on a disk (${dataset.name}): ${difference}`);
}

/** At least a millisecond, because a difference of two runs may fall below nothing. */
function ourSteps({ stowage: { durable, extracted } }: DurableRestore): number[] {
  return durable.map((seconds, round) => Math.max(0.001, seconds - (extracted[round] ?? Number.NaN)));
}

function stepRatio(result: DurableRestore): Spread {
  return pairedRatio(ourSteps(result), result.unzip.synced);
}

function median(seconds: readonly number[]): string {
  return spreadOf(seconds).median.toFixed(2);
}
