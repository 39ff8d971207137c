import { SeededRandom } from "@stowage/test-kit/random";
import { describe, expect, it } from "vitest";
import { compare, ZONES } from "./cron-comparison.ts";
import { CHOSEN_EXPRESSIONS, randomExpression } from "./cron-expressions.ts";
import { wallOf } from "./cron-model.ts";

const DAYS = 400;
const RANDOM_EXPRESSIONS = 160;

/** The others are in the quick tests. */
const MOST_ZONES = ZONES.slice(0, 6);

describe.each(MOST_ZONES)("in %s", (zone) => {
  it(`${CHOSEN_EXPRESSIONS.length + RANDOM_EXPRESSIONS} expressions come as in the model, over ${DAYS} days`, () => {
    const random = new SeededRandom(16);
    const expressions = Array.from({ length: RANDOM_EXPRESSIONS }, () => randomExpression(random));
    const wall = wallOf(zone, Date.UTC(2026, 1, 1), DAYS);

    const compared = [...CHOSEN_EXPRESSIONS, ...expressions].map((each) => compare(each, zone, wall, random, 120));

    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(compared.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(10_000);
  });
});
