import { describe, expect, it } from "vitest";
import { cutPower } from "./local-power-cuts.ts";
import { SCRIPTS } from "./local-scripts.ts";

const SEED = 20_262;

describe.each(Object.entries(SCRIPTS))("a power cut at every call of the local driver: %s", (name, script) => {
  it.each([
    ["in any order", false],
    ["in the order of each name", true],
  ])(
    "leaves what was acknowledged, and nothing that is half, where names reach the disk %s",
    async (order, ordersNames) => {
      const { states, bad, firstBad } = await cutPower(script, { seed: SEED, states: 729, ordersNames });

      console.info(`local, ${name}, ${order}: ${states} states, ${bad} bad, seed ${SEED}`);
      expect(firstBad).toBeUndefined();
      expect(states).toBeGreaterThan(40);
    },
  );
});
