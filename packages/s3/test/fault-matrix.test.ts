import { expect, it } from "vitest";
import { tryFaults } from "./fault-matrix/s3-fault-matrix.ts";

/** One of each kind: the slow tests try them all. */
const REPRESENTATIVE = [
  "503 SlowDown",
  "200 InternalError",
  "403 RequestTimeTooSkewed",
  "lost reply",
  "truncated body",
];

it("faults of each kind are tried again or surfaced as documented, and leave nothing half done", async () => {
  const { tried, right, wrong, table } = await tryFaults(({ name }) => REPRESENTATIVE.includes(name));

  console.log(`${table}\ncells tried: ${tried}, cells right: ${right}`);
  expect(wrong).toEqual([]);
});
