import { expect, it } from "vitest";
import { KIB, MIB } from "../src/content.ts";
import { sumOf, trafficOf } from "./traffic.ts";

/** The most that the fast tier may cost on a storage with such parts. A case that needs more has to save elsewhere. */
const BUDGETS = [
  { partSize: 64 * KIB, requests: 7_000, sentMiB: 44 },
  { partSize: MIB, requests: 6_300, sentMiB: 115 },
  { partSize: 5 * MIB, requests: 6_300, sentMiB: 420 },
] as const;

it.each(BUDGETS)(
  "the fast tier on parts of $partSize bytes: at most $requests requests, $sentMiB MiB up",
  async (budget) => {
    const byCase = await trafficOf(budget.partSize);
    const { requests, sent, received } = sumOf(byCase);
    const up = Math.round(sent / MIB);
    console.log(
      `parts of ${budget.partSize / KIB} KiB: ${requests} requests, ${up} MiB up, ${Math.round(received / MIB)} MiB down`,
    );
    const dearest = [...byCase].sort((left, right) => right.sent - left.sent).slice(0, 5);
    expect(up, `the dearest are ${dearest.map(({ id }) => id).join(", ")}`).toBeLessThanOrEqual(budget.sentMiB);
    expect(requests).toBeLessThanOrEqual(budget.requests);
  },
);
