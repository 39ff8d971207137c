import { CaseContext, type Variant } from "./case-context.ts";
import { nextTurn } from "./content.ts";
import type { ContractCase } from "./contract-case.ts";
import type { Harness } from "./namespace.ts";
import { isCapability, type Need, unmetNeed } from "./needs.ts";
import { assertRefusal } from "./refusals.ts";

export interface RunOptions {
  /** How long a case may take, in milliseconds. A slow case may take twelve times as long. Default 20,000. */
  readonly timeoutMs?: number | undefined;
  /** How long after a failure a case looks again, in milliseconds. Default 50; more for a remote storage. */
  readonly settleMs?: number | undefined;
  /** Makes the random data of a failed run again. Default random; failures name it. */
  readonly seed?: number | undefined;
}

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
    const createNamespace = async () => harness.create();
    const namespace = await createNamespace();
    const { variant, settleMs = 50 } = options;
    const context = new CaseContext({ namespace, createNamespace, variant, seed, settleMs });
    const outcome = await outcomeOf(contractCase, context, limitMs);
    await withTimeout(context.cleanUp(), limitMs, "the clean-up").catch(failUnlessFailed(outcome));
    await nextTurn(); // an unhandled rejection is reported while its case still runs
    return outcome;
  } catch (error) {
    return { status: "failed", error };
  }
}

async function outcomeOf(contractCase: ContractCase, context: CaseContext, limitMs: number): Promise<Outcome> {
  try {
    const reason = unmetNeedOf(contractCase, context);
    if (reason) await withTimeout(refuse(contractCase, context), limitMs, "the refusal");
    else await withTimeout(contractCase.run(context), limitMs, "the case");
    return reason ? { status: "skipped", reason } : { status: "passed" };
  } catch (error) {
    return { status: "failed", error: naming(error, context.random.seed) };
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

async function withTimeout<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} is not over after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Adds to a failure what repeats it. */
function naming(error: unknown, seed: number): unknown {
  if (error instanceof Error) error.message += ` [seed ${seed}]`;
  return error;
}
