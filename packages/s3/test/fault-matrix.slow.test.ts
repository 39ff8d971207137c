import { expect, it } from "vitest";
import { tryFaults } from "./fault-matrix/s3-fault-matrix.ts";

it("every fault is tried again or surfaced as documented, and leaves nothing half done", async () => {
  const { tried, right, wrong, table } = await tryFaults(() => true);

  console.log(`${table}\ncells tried: ${tried}, cells right: ${right}`);
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(400);
});
