import { nextTurn } from "../case/content.ts";
import type { ContractCase } from "../case/contract-case.ts";
import type { Harness } from "../case/namespace.ts";
import { KnownDeviations } from "./deviations.ts";
import { ExceptionWatch } from "./exception-watch.ts";
import { Gate } from "./gate.ts";
import { PROBE_ID } from "./probe.ts";
import { REJECTIONS_ID, RejectionWatch } from "./rejection-watch.ts";
import type { Outcome } from "./run-case.ts";
import { chosenCases, type SuiteOptions } from "./suite-options.ts";
import { variantsOf } from "./variants.ts";

/** How a case ended: also as a deviation that is known. */
export type CheckOutcome = Outcome | { readonly status: "deviates"; readonly reason: string };

export interface CheckOptions extends SuiteOptions {
  /** Called after each case. */
  readonly onCase?: ((contractCase: ContractCase, outcome: CheckOutcome) => void) | undefined;
}

export interface CheckReport {
  /** How many cases passed. */
  readonly passed: number;
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  /** The deviations that showed. */
  readonly deviating: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Runs the cases one after another without a test runner, against a live bucket for instance. Rejects only if no case
 * could be run: a filesystem that breaks its promises is a report, not an error. That holds for errors of a driver too which nobody
 * can catch, and which would end the process: they fail the case that runs.
 */
export async function checkFilesystem(harness: Harness, options: CheckOptions = {}): Promise<CheckReport> {
  const chosen = chosenCases(options);
  const gate = new Gate(harness, options);
  const deviations = new KnownDeviations(options.deviations);
  const watch = new RejectionWatch();
  const exceptions = new ExceptionWatch();
  const outcomes: { readonly id: string; readonly outcome: CheckOutcome }[] = [];
  watch.start();
  exceptions.start();
  try {
    const wrong = exceptions.judge(await probed(gate));
    if (wrong.status === "failed") outcomes.push({ id: PROBE_ID, outcome: wrong });
    for (const contractCase of chosen) {
      const outcome = exceptions.judge(await outcomeOf(contractCase, gate, deviations));
      options.onCase?.(contractCase, outcome);
      outcomes.push({ id: contractCase.id, outcome });
    }
    await nextTurn();
  } finally {
    exceptions.stop();
    const late = exceptions.judge<Outcome>({ status: "passed" });
    if (late.status === "failed") outcomes.push({ id: REJECTIONS_ID, outcome: late });
    const error = watch.stop();
    const reason = deviations.reasonOf(REJECTIONS_ID);
    if (error)
      outcomes.push({
        id: REJECTIONS_ID,
        outcome: reason ? { status: "deviates", reason } : { status: "failed", error },
      });
  }
  return reportOf(outcomes);
}

async function probed(gate: Gate): Promise<Outcome> {
  const error = await gate.probe();
  return error ? { status: "failed", error } : { status: "passed" };
}

/** Runs a case wherever it has to be run. The first failure counts. */
async function outcomeOf(contractCase: ContractCase, gate: Gate, deviations: KnownDeviations): Promise<CheckOutcome> {
  const outcomes: Outcome[] = [];
  for (const variant of variantsOf(contractCase)) {
    const outcome = await gate.run(contractCase, variant);
    if (outcome.status === "skipped") return outcome;
    const error = deviations.judge(outcome, contractCase);
    if (error) return { status: "failed", error };
    outcomes.push(outcome);
  }
  const reason = deviations.reasonOf(contractCase.id);
  if (reason && outcomes.some(({ status }) => status === "failed")) return { status: "deviates", reason };
  return { status: "passed" };
}

function reportOf(outcomes: readonly { readonly id: string; readonly outcome: CheckOutcome }[]): CheckReport {
  const failed = outcomes.flatMap(({ id, outcome }) =>
    outcome.status === "failed" ? [{ id, error: outcome.error }] : [],
  );
  const withReason = (status: "skipped" | "deviates") =>
    outcomes.flatMap(({ id, outcome }) =>
      outcome.status === status && "reason" in outcome ? [{ id, reason: outcome.reason }] : [],
    );
  const [skipped, deviating] = [withReason("skipped"), withReason("deviates")];
  const passed = outcomes.length - failed.length - skipped.length - deviating.length;
  if (outcomes.length === skipped.length) throw new Error("no case was run: all were skipped");
  return { passed, failed, skipped, deviating };
}
