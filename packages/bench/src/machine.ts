import { availableParallelism, cpus, loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** Something at the start and at the end. */
interface BeforeAndAfter {
  readonly before: number;
  readonly after: number;
}

/** Where figures were measured, and what else ran there. */
export interface Machine {
  readonly node: string;
  readonly cores: number;
  /** Processes that wanted to run in the minute before and the last one: much more than one per core spoils timings. */
  readonly load: BeforeAndAfter;
  /** The share of all cores that others kept busy while the benchmark itself did nothing. */
  readonly busy: BeforeAndAfter;
}

const LOOK_MS = 500;
const MOST_BUSY = 0.1;

/** Starts to watch, and warns of others at work. The function that it returns tells what was seen up to its call. */
export async function watchMachine(warn: (text: string) => void): Promise<() => Promise<Machine>> {
  const before = { load: load(), busy: await busyShare() };
  if (before.busy > MOST_BUSY)
    warn(`warning: others keep ${percent(before.busy)} of the cores busy, which spoils the timings`);
  return async () => ({
    node: process.version,
    cores: availableParallelism(),
    load: { before: before.load, after: load() },
    busy: { before: before.busy, after: await busyShare() },
  });
}

/** Tells where figures come from, and whether others were at work. */
export function machineText({ node, cores, load, busy }: Machine): string {
  const others = `others kept ${percent(busy.before)} of them busy before and ${percent(busy.after)} after`;
  const isSpoiled = Math.max(busy.before, busy.after) > MOST_BUSY;
  const warning = isSpoiled ? ": OTHER WORK SPOILED THE TIMINGS, run again on a quiet machine" : "";
  return `Node ${node}, ${cores} cores, load ${load.before} before and ${load.after} after; ${others}${warning}`;
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

/** Looks for half a second, in which this process waits. */
async function busyShare(): Promise<number> {
  const before = ticks();
  await delay(LOOK_MS);
  const after = ticks();
  const share = 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
  return Math.round(Math.max(0, share) * 100) / 100;
}

function ticks(): { idle: number; all: number } {
  const times = cpus().map((core) => core.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
