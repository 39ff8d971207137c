import { expect, it } from "vitest";
import { killedCopies } from "./killed-copies.ts";

it("a hundred archives go from a directory to S3, GCS and a directory through kills, each sent once", async () => {
  const { checksums, twice, killed } = await killedCopies({ archives: 100, size: 700_000, kills: 12, seed: 1_612 });

  const [original, ...copies] = checksums;
  expect(Object.keys(original ?? {})).toHaveLength(100);
  expect(copies).toEqual([original, original, original]);
  expect(twice).toEqual([]);
  expect(killed).toBeGreaterThan(20);
  console.log(`killed ${killed} processes`);
}, 600_000);
