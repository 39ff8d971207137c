import { type ErrorCode, isRetryableCode, StowageError } from "../errors.ts";
import type { Classification } from "../filesystem/driver.ts";

/** A value, one of several, or what a text or the digits of a number must look like. */
type Condition<Value> = Value | readonly Value[] | RegExp;

/** What errors mean of which the same is known: `{ when: { status: 404, reason: "notFound" }, means: "NOT_FOUND" }`. */
export interface ErrorRule<Facts> {
  /** What must be true of each fact that is named. A fact that is not known fits nothing. */
  readonly when: { readonly [Name in keyof Facts]?: Condition<NonNullable<Facts[Name]>> };
  readonly means: ErrorCode;
  /** Whether the same call may succeed later. Follows from the code when left out, as that of a `StowageError` does. */
  readonly retryable?: boolean;
}

/** What Node says about an error. A driver whose client says more makes facts of its own. */
export interface ErrorFacts {
  readonly name: string;
  /** Of the operating system or of Node, such as "ECONNRESET". */
  readonly code: string | undefined;
  readonly message: string;
}

const UNKNOWN: Classification = { code: "INTERNAL", retryable: false };

/**
 * Makes a driver's `classify` of a list of rules, of which the first that fits counts. A `StowageError` means what it says, an
 * `AbortError` is `ABORTED`. Whatever fits no rule, or is no error, or of which `factsOf` knows nothing, is `INTERNAL`.
 */
export function classifyByRules<Facts extends object>(
  rules: readonly ErrorRule<Facts>[],
  factsOf: (error: Error) => Facts | undefined,
): (error: unknown) => Classification {
  return (error) => {
    if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
    if (!(error instanceof Error)) return UNKNOWN;
    if (error.name === "AbortError") return { code: "ABORTED", retryable: false };
    const facts = factsOf(error);
    const found = facts && rules.find(({ when }) => fits(when, facts));
    return found ? { code: found.means, retryable: found.retryable ?? isRetryableCode(found.means) } : UNKNOWN;
  };
}

/** The facts of an error of Node. */
export function factsOfError(error: Error): ErrorFacts {
  const { name, message, code } = error as Error & { code?: unknown };
  return { name, message, code: typeof code === "string" ? code : undefined };
}

function fits<Facts extends object>(when: ErrorRule<Facts>["when"], facts: Facts): boolean {
  return Object.entries(when).every(([name, condition]) => meets(facts[name as keyof Facts], condition));
}

function meets(fact: unknown, condition: unknown): boolean {
  if (fact === undefined || condition === undefined) return condition === undefined;
  if (condition instanceof RegExp) return condition.test(String(fact));
  return Array.isArray(condition) ? condition.includes(fact) : condition === fact;
}
