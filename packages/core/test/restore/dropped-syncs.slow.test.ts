import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { dropEachSync } from "./dropped-syncs.ts";
import { SCENARIOS } from "./power-cut-scenarios.ts";

const SEED = 20_261;

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

it("a power cut is bad once any sync is left out", { timeout: 900_000 }, async () => {
  const v = await dropEachSync(SCENARIOS, { seed: SEED, states: 40, statesOfRecovery: 2 });
  for (const { site, caught } of v) console.log(caught ? "caught" : "MISSED", site, caught?.slice(0, 200));
  expect(v.length).toBeGreaterThan(10);
});
