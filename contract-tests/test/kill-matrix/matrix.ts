import type { ContractCase } from "../../src/case/contract-case.ts";
import { cases, portableCases } from "../../src/cases.ts";
import { PROBE_ID } from "../../src/run/probe.ts";
import { REJECTIONS_ID } from "../../src/run/rejection-watch.ts";
import { FLAWS } from "../broken-drivers/all-flaws.ts";
import type { Flaw } from "../broken-drivers/flaw.ts";

/** In the order in which the matrix names them by number. */
export const ALL_FLAWS: readonly Flaw[] = Object.values(FLAWS).flat();
export const ALL_CASES: readonly ContractCase[] = [...cases, ...portableCases];

/** What an author's fast run finds beside the cases: a driver of the wrong shape, and rejections that nobody handles. */
export const CHECKS_OF_THE_RUN = [PROBE_ID, REJECTIONS_ID] as const;

/** The tiers of an author, and the cases that hold this library's own `Filesystem` to its word. */
export type MatrixTier = ContractCase["tier"] | "portable";

/** The order in which a flaw should be killed. */
const TIERS: readonly MatrixTier[] = ["fast", "remote", "slow", "portable"];

/** What killed one flaw. */
export interface Kills {
  /** The flaw's number. */
  readonly index: number;
  readonly killedBy: readonly string[];
}

export function tierOf(id: string): MatrixTier {
  const found = ALL_CASES.find((contractCase) => contractCase.id === id);
  if (found?.isPortable) return "portable";
  return found?.tier ?? "fast";
}

/** The tier that kills the flaw first, if one does. */
export function firstTierOf({ killedBy }: Kills): MatrixTier | undefined {
  return TIERS.find((tier) => killedBy.some((id) => tierOf(id) === tier));
}
