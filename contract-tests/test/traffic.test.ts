import { it } from "vitest";
import { KIB } from "../src/case/content.ts";
import { expectWithin } from "./traffic-budget.ts";

/** The smallest parts; larger ones are among the slow tests. */
it.each([{ partSize: 64 * KIB, requests: 7_000, sentMiB: 44 }])(
  "the fast tier on parts of $partSize bytes: at most $requests requests, $sentMiB MiB up",
  expectWithin,
);
