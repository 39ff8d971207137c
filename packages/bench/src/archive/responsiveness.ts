import { rm } from "node:fs/promises";
import type { Dataset, DatasetName } from "../datasets/dataset.ts";
import { atMost, type Goal } from "../goal.ts";
import { markdownTable } from "../markdown-table.ts";
import { spreadOf } from "../statistics.ts";
import type { BenchPlace } from "./bench-place.ts";
import type { Delays } from "./job.ts";
import { runClient } from "./run-contender.ts";

const CLIENT = "stowage-watched-create";

/** How an application fared while backups ran in its process: medians of the rounds, and the longest delay of all. */
export interface Responsiveness {
  readonly dataset: DatasetName;
  readonly eventLoop: Delays;
  readonly stat: Delays;
}

/** Makes backups in a process that also watches its event loop and how long a `stat` takes. */
export async function measureResponsiveness(
  dataset: Dataset,
  { rounds, place, signal }: { rounds: number; place: BenchPlace; signal: AbortSignal },
): Promise<Responsiveness> {
  const seen: { eventLoop: Delays; stat: Delays }[] = [];
  for (let round = 0; round < rounds; round++) {
    const job = await place.prepare();
    const { responsiveness } = await runClient(CLIENT, job, signal);
    await rm(job.directory, { recursive: true, force: true });
    if (responsiveness) seen.push(responsiveness);
  }
  const { name } = dataset;
  return {
    dataset: name,
    eventLoop: merged(seen.map((each) => each.eventLoop)),
    stat: merged(seen.map((each) => each.stat)),
  };
}

export function responsivenessTable(all: readonly Responsiveness[]): string {
  const rows = all.flatMap(({ dataset, eventLoop, stat }) => [
    [`${dataset.toUpperCase()}, event loop`, ...cells(eventLoop)],
    [`${dataset.toUpperCase()}, stat of a file`, ...cells(stat)],
  ]);
  return markdownTable(["delay while a backup runs", "p50 ms", "p99 ms", "max ms"], rows);
}

export function responsivenessGoals(all: readonly Responsiveness[]): Goal[] {
  return all.flatMap(({ dataset, eventLoop, stat }) => {
    const name = dataset.toUpperCase();
    return [
      atMost(`${name} create: event loop delayed, p99 ≤ 20 ms`, eventLoop.p99, 20),
      atMost(`${name} create: event loop delayed, max ≤ 50 ms`, eventLoop.max, 50),
      atMost(`${name} create: stat, p99 ≤ 5 ms`, stat.p99, 5),
    ];
  });
}

function merged(delays: readonly Delays[]): Delays {
  const [p50, p99, max] = (["p50", "p99", "max"] as const).map((name) => spreadOf(delays.map((each) => each[name])));
  return { p50: p50?.median ?? Number.NaN, p99: p99?.median ?? Number.NaN, max: max?.most ?? Number.NaN };
}

function cells({ p50, p99, max }: Delays): string[] {
  return [p50, p99, max].map((milliseconds) => milliseconds.toFixed(1));
}
