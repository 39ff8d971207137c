import assert from "node:assert/strict";
import { CaseContext, type Variant } from "../case/case-context.ts";
import { nextTurn } from "../case/content.ts";
import type { ContractCase } from "../case/contract-case.ts";
import type { Harness } from "../case/namespace.ts";
import { isCapability, type Need, unmetNeed } from "../case/needs.ts";
import { shownBy } from "../case/shown-by.ts";
import { naming } from "./naming.ts";
import { assertRefusal } from "./refusals.ts";
import { TimeoutError, withTimeout } from "./with-timeout.ts";

export interface RunOptions {
  /** How long a case may take, in milliseconds. A slow case may take twelve times as long. Default 20,000. */
  readonly timeoutMs?: number | undefined;
  /** How long after a failure a case looks again, in milliseconds. Default 50; more for a remote storage. */
  readonly settleMs?: number | undefined;
  /** Makes the random data of a failed run again. Default random; failures name it. */
  readonly seed?: number | undefined;
}

/** How long the clean-up after a case that hung may take: what hung once may hang again. */
const HANGING_CLEAN_UP_MS = 1_000;

export type Outcome =
  | { readonly status: "passed" }
  | { readonly status: "failed"; readonly error: unknown }
  | { readonly status: "skipped"; readonly reason: string };

/** How long a case may take, in milliseconds. */
export function timeoutOf({ tier }: ContractCase, { timeoutMs = 20_000 }: RunOptions): number {
  return tier === "slow" ? 12 * timeoutMs : timeoutMs;
}

/** Runs one case in a place of its own, and cleans up after it. Never rejects. */
export async function runCase(
  contractCase: ContractCase,
  harness: Harness,
  options: RunOptions & { readonly variant: Variant },
): Promise<Outcome> {
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const limitMs = timeoutOf(contractCase, options);
  try {
    const createNamespace = async () => harness.create(contractCase);
    const namespace = await createNamespace();
    const { variant, settleMs = 50 } = options;
    const context = new CaseContext({ namespace, createNamespace, variant, seed, settleMs });
    const outcome = await outcomeOf(contractCase, context, limitMs);
    const cleanUpMs = hasTimedOut(outcome) ? HANGING_CLEAN_UP_MS : limitMs;
    await withTimeout(cleanUp(context), cleanUpMs, "the clean-up").catch(failUnlessFailed(outcome));
    await nextTurn(); // an unhandled rejection is reported while its case still runs
    return outcome;
  } catch (error) {
    return { status: "failed", error };
  }
}

export function hasTimedOut(outcome: Outcome): boolean {
  return outcome.status === "failed" && outcome.error instanceof TimeoutError;
}

/** A filesystem waits for its driver's close, and then leaves it behind: nobody would notice. */
async function cleanUp(context: CaseContext): Promise<void> {
  await context.cleanUp();
  if (!context.trace.pending().includes("close")) return;
  throw naming(new TimeoutError("the driver's close does not end"), context.trace, context.random.seed);
}

async function outcomeOf(contractCase: ContractCase, context: CaseContext, limitMs: number): Promise<Outcome> {
  try {
    const reason = unmetNeedOf(contractCase, context);
    if (reason) await withTimeout(refuse(contractCase, context), limitMs, "the refusal");
    else await withTimeout(contractCase.run(context), limitMs, "the case");
    assertNoSecrets(context);
    return reason ? { status: "skipped", reason } : { status: "passed" };
  } catch (error) {
    return { status: "failed", error: naming(error, context.trace, context.random.seed) };
  }
}

/** Whatever a case is about: none of the errors that the driver threw meanwhile may show a secret. */
function assertNoSecrets({ namespace: { secrets = [] }, trace }: CaseContext): void {
  if (secrets.length === 0) return;
  for (const { call, error } of trace.errors) {
    const shown = shownBy(error);
    const isSecret = (secret: string) => shown.includes(secret);
    assert.ok(
      !secrets.some(isSecret),
      `a secret is in the error of ${call}, or in its cause: promised is that none is`,
    );
  }
}

/** A failed clean-up does not hide what failed before it. */
function failUnlessFailed({ status }: Outcome): (error: unknown) => void {
  return (error) => {
    if (status !== "failed") throw error;
  };
}

function unmetNeedOf({ needs = [] }: ContractCase, { filesystem, namespace }: CaseContext): string | undefined {
  for (const need of needs) {
    const reason = unmetNeed(need, filesystem, namespace);
    if (reason) return reason;
  }
  return undefined;
}

/** The negative twin: what is not declared must be refused. */
async function refuse({ needs = [] }: ContractCase, context: CaseContext): Promise<void> {
  const { filesystem, namespace } = context;
  const undeclared = needs.filter(isCapability).filter((need: Need) => unmetNeed(need, filesystem, namespace));
  for (const capability of undeclared) await assertRefusal(context, capability);
}
