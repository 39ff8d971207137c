import { expect, it } from "vitest";
import { swapStaging } from "./staging-swaps.ts";

it.each([0, 2])(
  "a directory in staging that somebody replaces by a link leads nowhere in %i threads, however often it happens",
  async (workers) => {
    const { outside, swaps } = await swapStaging({ workers, rounds: 50 });

    expect(outside).toEqual([]);
    expect(swaps).toBeGreaterThan(100);
  },
);
