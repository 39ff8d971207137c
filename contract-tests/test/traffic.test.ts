import { it } from "vitest";
import { KIB, MIB } from "../src/case/content.ts";
import { expectWithin } from "./traffic-budget.ts";

/** The smallest parts and the largest; those between are among the slow tests. */
it.each([
  { partSize: 64 * KIB, requests: 7_000, sentMiB: 44 },
  { partSize: 5 * MIB, requests: 6_300, sentMiB: 420 },
])("the fast tier on parts of $partSize bytes: at most $requests requests, $sentMiB MiB up", expectWithin);
