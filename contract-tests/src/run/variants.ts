import type { Variant } from "../case/case-context.ts";
import type { ContractCase } from "../case/contract-case.ts";

/** Where a case runs. */
export function variantsOf({ isPrefixed }: ContractCase): readonly Variant[] {
  return isPrefixed ? ["plain", "prefixed"] : ["plain"];
}
