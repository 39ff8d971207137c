import { expect, it } from "vitest";
import { killedCopies } from "./killed-copies.ts";

it("copies of which every process is killed end with equal archives, and send none twice", async () => {
  const { checksums, twice, killed } = await killedCopies({ archives: 8, size: 60_000, kills: 1, seed: 16 });

  const [original, ...copies] = checksums;
  expect(Object.keys(original ?? {})).toHaveLength(8);
  expect(copies).toEqual([original, original, original]);
  expect(twice).toEqual([]);
  expect(killed).toBe(3);
}, 60_000);
