import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runScenario, SWEPT_SCENARIOS } from "./power-cut-scenarios.ts";
import { PowerCutSweep } from "./power-cut-sweep.ts";

const SEED = 20_260;

// What an application writes meanwhile is reported each time.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe.each(SWEPT_SCENARIOS)("a power cut during a restore of %s", (name, scenario) => {
  it("leaves the old data or the new, also if it goes again during recovery", async () => {
    const restored = await runScenario(scenario);

    const sweep = new PowerCutSweep(scenario, { seed: SEED, states: 4, statesOfRecovery: 1, stride: 7, killStride: 7 });
    const { states, bad, firstBad } = await sweep.run(restored);

    const where = `after each of ${restored.events.length} events and in recoveries`;
    console.info(`${name}: power cut ${where}, ${states} states, ${bad} bad, seed ${SEED}`);
    expect(firstBad).toBeUndefined();
    expect(states).toBeGreaterThan(300);
  });
});
