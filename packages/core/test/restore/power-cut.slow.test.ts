import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runScenario } from "./power-cut-scenarios.ts";
import { PowerCutSweep } from "./power-cut-sweep.ts";
import { SWEPT_SCENARIOS } from "./scenarios.ts";

const SEED = 20_262;
const total = { states: 0, bad: 0 };

// What an application writes meanwhile is reported each time.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe.each([
  { ordersNames: false, states: 12, statesOfRecovery: 2 },
  { ordersNames: true, states: 6, statesOfRecovery: 1 },
])("a disk that loses what was not synced, %o", (options) => {
  it.each(SWEPT_SCENARIOS)("holds the old data or the new: %s", { timeout: 900_000 }, async (name, scenario) => {
    const restored = await runScenario(scenario);

    const onMounts = { stride: 24, killStride: 24, states: 6 }; // there is more to recover
    const sweep = new PowerCutSweep(scenario, { seed: SEED, ...options, ...(scenario.mounts ? onMounts : {}) });
    const { states, bad, firstBad } = await sweep.run(restored);

    total.states += states;
    total.bad += bad;
    console.info(
      `${name}: ${states} states, ${bad} bad; ${total.states} states, ${total.bad} bad so far, seed ${SEED}`,
    );
    expect(firstBad).toBeUndefined();
    expect(states).toBeGreaterThan(500); // of the smallest scenario, a file and links on a mount
  });
});
