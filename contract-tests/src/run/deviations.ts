import { AssertionError } from "node:assert";
import type { ContractCase } from "../case/contract-case.ts";
import type { Outcome } from "./run-case.ts";
import { variantsOf } from "./variants.ts";

/** Why a driver breaks a promise. `flaky` is for a race: it may be kept at times. */
export type Deviation = string | { readonly reason: string; readonly flaky?: boolean | undefined };

/** The promises that a driver is known to break, by the id of the case. */
export type Deviations = Readonly<Record<string, Deviation>>;

/** Tells failures that are expected from those that are not. */
export class KnownDeviations {
  readonly #deviations: Deviations;
  readonly #statuses = new Map<string, Outcome["status"][]>();

  constructor(deviations: Deviations = {}) {
    this.#deviations = deviations;
  }

  reasonOf(id: string): string | undefined {
    const deviation = this.#deviations[id];
    return typeof deviation === "string" ? deviation : deviation?.reason;
  }

  /**
   * Returns what is wrong about an outcome: a promise that is broken, or a deviation that is none. One may show in one of the two
   * variants only, in how keys start for instance.
   */
  judge(outcome: Outcome, contractCase: ContractCase): unknown {
    const { id } = contractCase;
    const reason = this.reasonOf(id);
    if (reason === undefined) return outcome.status === "failed" ? outcome.error : undefined;
    const statuses = [...(this.#statuses.get(id) ?? []), outcome.status];
    this.#statuses.set(id, statuses);
    const isKept = statuses.length === variantsOf(contractCase).length && !statuses.includes("failed");
    if (!isKept || statuses.includes("skipped") || this.#isFlaky(id)) return undefined;
    return new AssertionError({ message: `${id} passes: take it off the deviations (${reason})` });
  }

  #isFlaky(id: string): boolean {
    const deviation = this.#deviations[id];
    return typeof deviation === "object" && deviation.flaky === true;
  }
}
