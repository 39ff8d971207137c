import assert from "node:assert/strict";
import { describe, expect, it } from "vitest";
import type { ContractCase } from "../src/case/contract-case.ts";
import { cases, portableCases } from "../src/cases.ts";
import { runCase } from "../src/run/run-case.ts";
import { FLAWS } from "./broken-drivers/all-flaws.ts";
import type { Flaw } from "./broken-drivers/flaw.ts";

const ALL_CASES = [...cases, ...portableCases];
const OPTIONS = { variant: "plain", settleMs: 40, seed: 42 } as const;

describe.each(Object.entries(FLAWS))("%s", (_, flaws) => {
  const catches = flaws.flatMap((flaw) => flaw.caughtBy.map((id) => ({ ...flaw, contractCase: caseOf(id) })));
  const isAlone = ({ contractCase }: { contractCase: ContractCase }) => contractCase.isExclusive === true;

  it.concurrent.each(catches.filter((entry) => !isAlone(entry)))("$contractCase.id catches it if $name", assertCaught);
  it.each(catches.filter(isAlone))("$contractCase.id catches it if $name", assertCaught);
});

it("every case catches a flaw", () => {
  const catching = new Set(Object.values(FLAWS).flatMap((flaws) => flaws.flatMap(({ caughtBy }) => caughtBy)));
  expect(ALL_CASES.map(({ id }) => id).filter((id) => !catching.has(id))).toEqual([]);
});

async function assertCaught({
  contractCase,
  harness,
  isHanging,
}: Flaw & { contractCase: ContractCase }): Promise<void> {
  const outcome = await runCase(contractCase, harness, { ...OPTIONS, timeoutMs: isHanging ? 1_000 : 20_000 });
  expect(outcome.status).toBe("failed");
  const isTimeout = outcome.status === "failed" && String(outcome.error).includes("is not over after");
  expect(isTimeout).toBe(isHanging ?? false);
}

function caseOf(id: string): ContractCase {
  return ALL_CASES.find((candidate) => candidate.id === id) ?? assert.fail(`${id} is no case`);
}
