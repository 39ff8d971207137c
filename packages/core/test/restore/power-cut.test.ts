import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runScenario } from "./power-cut-scenarios.ts";
import { PowerCutSweep } from "./power-cut-sweep.ts";
import { SWEPT_SCENARIOS } from "./scenarios.ts";

const SEED = 20_260;

// What an application writes meanwhile is reported each time.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** On mounts there is more to do at each step: but for one, those are among the slow tests. */
const QUICK = SWEPT_SCENARIOS.filter(([name, { mounts }]) => !mounts || name === "mounts that are restored too");

describe.each(QUICK)("a power cut during a restore of %s", (name, scenario) => {
  it("leaves the old data or the new, also if it goes again during recovery", async () => {
    const restored = await runScenario(scenario);

    const stride = scenario.mounts ? 131 : 61; // there is more to recover
    const sweep = new PowerCutSweep(scenario, {
      seed: SEED,
      states: 2,
      statesOfRecovery: 1,
      stride,
      killStride: stride,
    });
    const { states, bad, firstBad } = await sweep.run(restored);

    const where = `after each of ${restored.events.length} events and in recoveries`;
    console.info(`${name}: power cut ${where}, ${states} states, ${bad} bad, seed ${SEED}`);
    expect(firstBad).toBeUndefined();
    expect(states).toBeGreaterThan(70);
  });
});
