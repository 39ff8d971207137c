import { expect, it } from "vitest";
import { fuzzUploads, splitUploads } from "./fuzz-uploads.ts";

const ROUNDS = 5_000;
const SEED = 20_240_607;

it(`${ROUNDS} mutated uploads are refused, or stored as they were sent (seed ${SEED})`, async () => {
  const figures = await fuzzUploads({ rounds: ROUNDS, seed: SEED });

  console.info(`${ROUNDS} mutated uploads of seed ${SEED}: ${JSON.stringify(figures)}`);
  expect(figures.refused).toBeGreaterThan(ROUNDS / 2);
  expect(figures.intact).toBeGreaterThan(0);
});

it("a good upload is stored wherever it is cut in two", async () => {
  expect(await splitUploads({ step: 1 })).toBeGreaterThan(500);
});
