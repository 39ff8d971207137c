import { setTimeout as delay } from "node:timers/promises";
import type { ContractCase } from "../../src/case/contract-case.ts";
import { PROBE_ID, probe } from "../../src/run/probe.ts";
import { REJECTIONS_ID } from "../../src/run/rejection-watch.ts";
import { hasTimedOut, type Outcome, runCase } from "../../src/run/run-case.ts";
import { variantsOf } from "../../src/run/variants.ts";
import type { Flaw } from "../broken-drivers/flaw.ts";
import { ALL_CASES } from "./matrix.ts";

/** Told before and after each case, so that whoever waits knows which one blocks the process. */
type Progress = (event: { readonly start: string } | { readonly end: string; readonly isKill: boolean }) => void;

const OPTIONS = { settleMs: 20, seed: 42 } as const;
/** How long a case may take among others, and alone, in milliseconds. */
const PATIENCE_MS = { shared: 5_000, alone: 3_000, hanging: 1_000 } as const;
const LATE_MS = 50;

export interface FlawRun {
  readonly flaw: Flaw;
  /** How many cases run at once. */
  readonly concurrency: number;
  /** Cases that are not run: of them it is known what they do. */
  readonly without: readonly string[];
  readonly progress: Progress;
}

/** Runs every fast and portable case on the flaw, and those of the other tiers that should catch it or if nothing else did. */
export async function runFlaw(run: FlawRun): Promise<void> {
  let rejections = 0;
  const count = () => void rejections++;
  process.on("unhandledRejection", count);
  await runOne(run, PROBE_ID, async () => (await probe(run.flaw.harness, PATIENCE_MS.alone)) !== undefined);
  const chosen = ALL_CASES.filter(({ id, tier }) => tier === "fast" || run.flaw.caughtBy.includes(id));
  let kills = await runCases(run, chosen);
  if (kills === 0) kills = await runCases(run, others(chosen));
  await delay(LATE_MS);
  process.off("unhandledRejection", count);
  await runOne(run, REJECTIONS_ID, async () => rejections > 0);
}

/** The reference keeps its objects in memory, so this one fails whatever the flaw is. */
function others(chosen: readonly ContractCase[]): ContractCase[] {
  return ALL_CASES.filter((one) => !chosen.includes(one) && one.id !== "write/large-object-in-bounded-memory");
}

async function runCases(run: FlawRun, chosen: readonly ContractCase[]): Promise<number> {
  const left = chosen.filter(({ id, isExclusive }) => !isExclusive && !run.without.includes(id));
  let kills = 0;
  const count = (isKill: boolean) => {
    if (isKill) kills++;
  };
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) count(await kill(run, next, PATIENCE_MS.shared));
  };
  await Promise.all(Array.from({ length: run.concurrency }, work));
  for (const next of chosen.filter(({ id, isExclusive }) => isExclusive && !run.without.includes(id))) {
    count(await kill(run, next, PATIENCE_MS.alone));
  }
  return kills;
}

function kill(run: FlawRun, contractCase: ContractCase, timeoutMs: number): Promise<boolean> {
  const limitMs = run.flaw.isHanging ? PATIENCE_MS.hanging : timeoutMs;
  return runOne(run, contractCase.id, async () => {
    for (const variant of variantsOf(contractCase)) {
      let outcome: Outcome = await runCase(contractCase, run.flaw.harness, { ...OPTIONS, variant, timeoutMs: limitMs });
      if (hasTimedOut(outcome) && !(run.flaw.isHanging && run.flaw.caughtBy.includes(contractCase.id))) {
        outcome = await runCase(contractCase, run.flaw.harness, { ...OPTIONS, variant, timeoutMs: 2 * timeoutMs });
      }
      if (outcome.status === "failed") return true;
    }
    return false;
  });
}

async function runOne({ without, progress }: FlawRun, id: string, isKilled: () => Promise<boolean>): Promise<boolean> {
  if (without.includes(id)) return false;
  progress({ start: id });
  const isKill = await isKilled();
  progress({ end: id, isKill });
  return isKill;
}
