import { expect, it } from "vitest";
import { tryFaults } from "./fault-matrix/gcs-fault-matrix.ts";

/** One of each kind: the slow tests try them all. */
const REPRESENTATIVE = ["503", "200 with an error", "403", "lost reply", "truncated body", "flipped bit, up"];

it("faults of each kind are retried or surfaced as they should be, and leave nothing half done", async () => {
  const { tried, right, wrong, table } = await tryFaults((fault) => REPRESENTATIVE.includes(fault));
  console.info(`${table}\n\ncells tried: ${tried}, cells right: ${right}`);
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(100);
});
