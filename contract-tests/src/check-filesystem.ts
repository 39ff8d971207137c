import { cases } from "./cases.ts";
import { nextTurn } from "./content.ts";
import type { ContractCase, Tier } from "./contract-case.ts";
import { Gate } from "./gate.ts";
import type { Harness } from "./namespace.ts";
import { PROBE_ID } from "./probe.ts";
import { REJECTIONS_ID, RejectionWatch } from "./rejection-watch.ts";
import type { Outcome, RunOptions } from "./run-case.ts";

export interface CheckOptions extends RunOptions {
  /** Which cases to run. Default: the fast ones. */
  readonly tiers?: readonly Tier[] | undefined;
  /** Called after each case. */
  readonly onCase?: ((contractCase: ContractCase, outcome: Outcome) => void) | undefined;
}

export interface CheckReport {
  /** How many cases passed. */
  readonly passed: number;
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Runs the cases one after another without a test runner, against a live bucket for instance. Rejects only if no case
 * could be run: a filesystem that breaks its promises is a report, not an error.
 */
export async function checkFilesystem(harness: Harness, options: CheckOptions = {}): Promise<CheckReport> {
  const { tiers = ["fast"], onCase } = options;
  const watch = new RejectionWatch();
  const outcomes: { readonly id: string; readonly outcome: Outcome }[] = [];
  const gate = new Gate(harness, options);
  watch.start();
  const wrong = await gate.probe();
  if (wrong) outcomes.push({ id: PROBE_ID, outcome: { status: "failed", error: wrong } });
  for (const contractCase of cases.filter(({ tier }) => tiers.includes(tier))) {
    const outcome = await gate.run(contractCase, "plain");
    onCase?.(contractCase, outcome);
    outcomes.push({ id: contractCase.id, outcome });
  }
  await nextTurn();
  const error = watch.stop();
  if (error) outcomes.push({ id: REJECTIONS_ID, outcome: { status: "failed", error } });
  return reportOf(outcomes);
}

function reportOf(outcomes: readonly { readonly id: string; readonly outcome: Outcome }[]): CheckReport {
  const failed = outcomes.flatMap(({ id, outcome }) =>
    outcome.status === "failed" ? [{ id, error: outcome.error }] : [],
  );
  const skipped = outcomes.flatMap(({ id, outcome }) =>
    outcome.status === "skipped" ? [{ id, reason: outcome.reason }] : [],
  );
  const passed = outcomes.length - failed.length - skipped.length;
  if (passed + failed.length === 0) throw new Error("no case was run: are the tiers right?");
  return { passed, failed, skipped };
}
