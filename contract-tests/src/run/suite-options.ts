import assert from "node:assert/strict";
import type { ContractCase, Tier } from "../case/contract-case.ts";
import { cases } from "../cases.ts";
import type { Deviations } from "./deviations.ts";
import { REJECTIONS_ID } from "./rejection-watch.ts";
import type { RunOptions } from "./run-case.ts";

export interface SuiteOptions extends RunOptions {
  /** Which cases to run. Default: the fast ones. */
  readonly tiers?: readonly Tier[] | undefined;
  /**
   * Promises that this driver is known to break: id of the case → reason. They must fail as long as they stand here, unless the
   * deviation is a race: `{ reason, flaky: true }`.
   */
  readonly deviations?: Deviations | undefined;
  /** Cases of the driver's own, which run like the others. */
  readonly additional?: readonly ContractCase[] | undefined;
}

/** The cases to run. Throws if there are none, if two have one id, or if a deviation names no case or has no reason. */
export function chosenCases({ tiers = ["fast"], deviations = {}, additional = [] }: SuiteOptions): ContractCase[] {
  const all = [...cases, ...additional];
  const ids = all.map(({ id }) => id);
  const doubled = ids.find((id, index) => ids.indexOf(id) !== index);
  assert.ok(doubled === undefined, `two cases have the id ${doubled}`);
  for (const [id, deviation] of Object.entries(deviations)) {
    assert.ok(ids.includes(id) || id === REJECTIONS_ID, `deviations names ${id}, which is no case`);
    const reason = typeof deviation === "string" ? deviation : deviation?.reason;
    assert.ok(typeof reason === "string" && reason !== "", `deviations gives no reason for ${id}`);
  }
  const chosen = all.filter(({ tier }) => tiers.includes(tier));
  assert.ok(chosen.length > 0, `no case was run: no case is of the tiers ${tiers.join(", ")}`);
  return chosen;
}
