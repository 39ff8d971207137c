import assert from "node:assert/strict";
import { describe, expect, it } from "vitest";
import type { ContractCase } from "../src/case/contract-case.ts";
import { cases, portableCases } from "../src/cases.ts";
import { runCase } from "../src/run/run-case.ts";
import { FLAWS } from "./broken-drivers/all-flaws.ts";
import type { Flaw } from "./broken-drivers/flaw.ts";

interface Catch extends Flaw {
  readonly contractCase: ContractCase;
}

const ALL_CASES = [...cases, ...portableCases];
const CATCHES = Object.entries(FLAWS).map(([group, flaws]) => ({
  group,
  catches: flaws.flatMap((flaw) => flaw.caughtBy.map((id) => ({ ...flaw, contractCase: caseOf(id) }))),
}));

/** These count what the process holds: first, before others leave something. */
describe("one by one", () => {
  const alone = CATCHES.flatMap(({ catches }) => catches.filter(isAlone));
  it.each(alone)("$contractCase.id catches it if $name", (entry) => assertCaught(entry, { settleMs: 10 }));
});

/** Most of them wait most of the time. */
describe.concurrent.each(CATCHES)("$group", ({ catches }) => {
  const shared = catches.filter((entry) => !isAlone(entry));
  it.each(shared)("$contractCase.id catches it if $name", (entry) => assertCaught(entry, { settleMs: 40 }));
});

it("every case catches a flaw", () => {
  const catching = new Set(Object.values(FLAWS).flatMap((flaws) => flaws.flatMap(({ caughtBy }) => caughtBy)));
  expect(ALL_CASES.map(({ id }) => id).filter((id) => !catching.has(id))).toEqual([]);
});

function isAlone({ contractCase }: Catch): boolean {
  return contractCase.isExclusive === true;
}

async function assertCaught(
  { contractCase, harness, isHanging }: Catch,
  { settleMs }: { settleMs: number },
): Promise<void> {
  const timeoutMs = isHanging ? 1_000 : 20_000;
  const outcome = await runCase(contractCase, harness, { variant: "plain", settleMs, seed: 42, timeoutMs });
  expect(outcome.status).toBe("failed");
  const isTimeout = outcome.status === "failed" && String(outcome.error).includes("is not over after");
  expect(isTimeout).toBe(isHanging ?? false);
}

function caseOf(id: string): ContractCase {
  return ALL_CASES.find((candidate) => candidate.id === id) ?? assert.fail(`${id} is no case`);
}
