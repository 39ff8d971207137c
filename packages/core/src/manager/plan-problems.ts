import { StowageError } from "../errors.ts";
import type { PlanProblem } from "./restore-plan.ts";

/** Collects what would stop a restore. */
export class PlanProblems {
  readonly found: PlanProblem[] = [];

  /** Runs a check. What it throws is a problem, unless it is no {@link StowageError} or an abort. */
  async from<T>(check: () => Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof StowageError) || error.code === "ABORTED" || error.code === "CLOSED") throw error;
      const { code, reason, message } = error;
      this.found.push({ code, ...(reason !== undefined && { reason }), message });
      return undefined;
    }
  }
}
