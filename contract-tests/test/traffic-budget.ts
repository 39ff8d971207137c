import { expect } from "vitest";
import { KIB, MIB } from "../src/case/content.ts";
import { sumOf, trafficOf } from "./traffic.ts";

/** The most that the fast tier may cost on a storage with such parts, in bytes. A case that needs more has to save elsewhere. */
export interface TrafficBudget {
  readonly partSize: number;
  readonly requests: number;
  readonly sentMiB: number;
}

/** Runs the fast tier on the reference driver, in such parts, and counts. */
export async function expectWithin({ partSize, requests: mostRequests, sentMiB }: TrafficBudget): Promise<void> {
  const byCase = await trafficOf(partSize);
  const { requests, sent, received } = sumOf(byCase);
  const up = Math.round(sent / MIB);
  console.log(
    `parts of ${partSize / KIB} KiB: ${requests} requests, ${up} MiB up, ${Math.round(received / MIB)} MiB down`,
  );
  const dearest = [...byCase].sort((left, right) => right.sent - left.sent).slice(0, 5);
  expect(up, `the dearest are ${dearest.map(({ id }) => id).join(", ")}`).toBeLessThanOrEqual(sentMiB);
  expect(requests).toBeLessThanOrEqual(mostRequests);
}
