import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { touchMemory } from "../archive/bench-place.ts";
import { startChild } from "../child.ts";
import { ProcessWatch } from "../process-watch.ts";
import { rotated } from "../statistics.ts";
import type { ObjectServerOrder, StorageAnswer, StorageOrder, StorageRound } from "./job.ts";
import { forgetReceived } from "./received-object.ts";

const PATIENCE_MS = 600_000;

export interface StorageContender {
  readonly title: string;
  /** The name that `runStorageJob` knows. */
  readonly job: string;
}

/** What is compared: Stowage first, then its peer, if there is one. */
export interface Comparison {
  readonly title: string;
  readonly contenders: readonly StorageContender[];
  /** Started for the time of the comparison, if there is an order. */
  readonly server?: ObjectServerOrder;
  /** Backups listed, entries or bytes that everybody must find or make. Of a peer that fetches, what the archive takes. */
  readonly amounts: readonly number[];
  /** Where the backups lie. A fresh directory for each run if it is left out. */
  readonly directory?: string;
  /** The files that are backed up, if any are. */
  readonly source?: string;
  /** Bytes that a run writes, all together, for which memory is touched before. */
  readonly written?: number;
  /** Looks at what a run left in its directory or with the server. Says what is wrong, or nothing. */
  check?(contender: StorageContender, left: { directory: string; endpoint: string }): Promise<string | undefined>;
}

export interface ComparedJob extends StorageContender {
  readonly rounds: readonly StorageRound[];
}

export interface ComparisonResult {
  readonly title: string;
  readonly jobs: readonly ComparedJob[];
  readonly problems: readonly string[];
}

export interface CompareControl {
  readonly rounds: number;
  /** Exists, and takes what the runs leave for a moment. */
  readonly work: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** Has everybody do the job in rotated order, each time in a process of its own. */
export async function compareJobs(comparison: Comparison, control: CompareControl): Promise<ComparisonResult> {
  if (!comparison.server) return compareAt("", comparison, control);
  const signal = AbortSignal.any([control.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const server = startChild<string>(new URL("./object-server-process.js", import.meta.url), comparison.server, signal);
  try {
    return await compareAt(await server.answer, comparison, control);
  } finally {
    await server.stop();
  }
}

async function compareAt(endpoint: string, comparison: Comparison, control: CompareControl): Promise<ComparisonResult> {
  const { title, contenders } = comparison;
  const measured = new Map<StorageContender, StorageRound[]>(contenders.map((contender) => [contender, []]));
  const problems: string[] = [];
  for (let round = 0; round < control.rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      control.progress(`${title}, round ${round + 1}: ${contender.title}`);
      const { answer, problem } = await runOnce(contender, { endpoint, comparison, control });
      measured.get(contender)?.push(answer);
      if (problem !== undefined) problems.push(`${title}, ${contender.title}: ${problem}`);
    }
  }
  return { title, problems, jobs: contenders.map((each) => ({ ...each, rounds: measured.get(each) ?? [] })) };
}

interface RunContext {
  readonly endpoint: string;
  readonly comparison: Comparison;
  readonly control: CompareControl;
}

async function runOnce(contender: StorageContender, { endpoint, comparison, control }: RunContext) {
  const { source, written } = comparison;
  const own = join(control.work, "run");
  const directory = comparison.directory ?? own;
  await mkdir(directory, { recursive: true });
  try {
    if (written !== undefined) await touchMemory(control.work, written, control.signal);
    const order = { job: contender.job, endpoint, directory, ...(source === undefined ? {} : { source }) };
    const answer = await runJob(order, control.signal);
    const wanted = comparison.amounts[comparison.contenders.indexOf(contender)];
    const isWhole = answer.amount === wanted;
    const left = { directory, endpoint };
    const problem = isWhole ? await comparison.check?.(contender, left) : `${answer.amount} came of ${wanted}`;
    return { answer, problem };
  } finally {
    await rm(own, { recursive: true, force: true });
    if (comparison.server?.received !== undefined) await forgetReceived(endpoint);
  }
}

async function runJob(order: StorageOrder, control: AbortSignal): Promise<StorageRound> {
  const signal = AbortSignal.any([control, AbortSignal.timeout(PATIENCE_MS)]);
  const child = startChild<StorageAnswer>(new URL("./storage-process.js", import.meta.url), order, signal);
  const watch = new ProcessWatch(child.id);
  try {
    const answer = await child.answer;
    return { ...answer, peakRss: watch.stop() };
  } finally {
    watch.stop();
    await child.stop();
  }
}
