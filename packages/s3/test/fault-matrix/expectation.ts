import type { ErrorCode } from "@stowage/core";
import { DEFAULT_RETRY } from "@stowage/core/driver";
import type { FaultUnderTest } from "./faults-under-test.ts";
import type { Operation } from "./operations.ts";

export interface Cell {
  readonly fault: FaultUnderTest;
  readonly operation: Operation;
  /** Requests that the fault strikes; infinite for "for ever". */
  readonly times: number;
}

export interface Expectation {
  /** "success", or the code of the error. */
  readonly outcome: "success" | ErrorCode;
  /** The most requests that may be struck. */
  readonly strikes: number;
}

/** Parts in flight when the first of them is refused. */
const PARALLEL_PARTS = 4;

/**
 * Says how a cell must end. Passing faults are tried again, five times in all, and final ones surface at once. Beyond that:
 * - a fault in a body that the answer does not have is no fault;
 * - a commit whose answers are lost has happened all the same;
 * - a refusal without a reason is asked about once more, and a single one is over by then.
 */
export function expectationFor({ fault, operation, times }: Cell): Expectation {
  const outcome = outcomeOf({ fault, operation, times });
  return { outcome, strikes: Math.min(times, strikesOf(fault, operation)) };
}

function outcomeOf({ fault, operation, times }: Cell): "success" | ErrorCode {
  const code = (operation.asksAgain ? fault.codeWithoutBody : undefined) ?? fault.code ?? "INTERNAL";
  if (fault.nature === "harmless") return "success";
  if (fault.needsBody && !operation.hasBody) return "success";
  if (fault.takesEffect && operation.commits) return "success";
  if (fault.nature === "final") return operation.asksAgain && times === 1 ? "success" : code;
  return times < DEFAULT_RETRY.attempts ? "success" : code;
}

function strikesOf(fault: FaultUnderTest, operation: Operation): number {
  if (fault.nature !== "final") return Number.POSITIVE_INFINITY;
  if (operation.asksAgain) return 2;
  return operation.inParallel ? PARALLEL_PARTS : 1;
}
