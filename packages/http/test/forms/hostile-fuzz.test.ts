import { expect, it } from "vitest";
import { fuzzUploads, splitUploads } from "./fuzz-uploads.ts";

const ROUNDS = 150;
const SEED = 20_230_519;

it(`${ROUNDS} mutated uploads are refused, or stored as they were sent (seed ${SEED})`, async () => {
  const { refused, intact } = await fuzzUploads({ rounds: ROUNDS, seed: SEED });

  expect(refused).toBeGreaterThan(ROUNDS / 2);
  expect(intact).toBeGreaterThan(0);
}, 120_000);

it("a good upload is stored wherever it is cut in two", async () => {
  expect(await splitUploads({ step: 17 })).toBeGreaterThan(20);
}, 120_000);
