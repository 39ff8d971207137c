import { expect, it } from "vitest";
import { tryFaults } from "./fault-matrix/gcs-fault-matrix.ts";

it("every fault on every operation is retried or surfaced as it should be, and leaves nothing half done", async () => {
  const { tried, right, wrong, table } = await tryFaults(() => true);
  console.info(`${table}\n\ncells tried: ${tried}, cells right: ${right}`);
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(600);
});
