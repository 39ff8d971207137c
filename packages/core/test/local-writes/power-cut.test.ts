import { describe, expect, it } from "vitest";
import { cutPower } from "./local-power-cuts.ts";
import { SCRIPTS } from "./local-scripts.ts";

const SEED = 20_262;

describe.each(Object.entries(SCRIPTS))("a power cut at every call of the local driver: %s", (name, script) => {
  it("leaves what was acknowledged, and nothing that is half", async () => {
    const { states, bad, firstBad } = await cutPower(script, { seed: SEED, states: 81, killStride: 3 });

    console.info(`local, ${name}: ${states} states, ${bad} bad, seed ${SEED}`);
    expect(firstBad).toBeUndefined();
    expect(states).toBeGreaterThan(20);
  });
});
