import { describe, expect, it } from "vitest";
import { runScenario, SCENARIOS } from "./power-cut-scenarios.ts";
import { PowerCutSweep } from "./power-cut-sweep.ts";

const SEED = 20_260;

describe.each(Object.entries(SCENARIOS))("a power cut during a restore of %s", (name, scenario) => {
  it("leaves the old data or the new, also if it goes again during recovery", async () => {
    const restored = await runScenario(scenario);

    const sweep = new PowerCutSweep(scenario, { seed: SEED, states: 6, statesOfRecovery: 1 });
    const { states, bad, firstBad } = await sweep.run(restored);

    console.info(
      `${name}: power cut after each of ${restored.events.length} events, ${states} states, ${bad} bad, seed ${SEED}`,
    );
    expect(firstBad).toBeUndefined();
    expect(states).toBeGreaterThan(500);
  });
});
