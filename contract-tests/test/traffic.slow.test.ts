import { it } from "vitest";
import { MIB } from "../src/case/content.ts";
import { expectWithin } from "./traffic-budget.ts";

it.each([
  { partSize: MIB, requests: 6_300, sentMiB: 115 },
  { partSize: 5 * MIB, requests: 6_300, sentMiB: 420 },
])("the fast tier on parts of $partSize bytes: at most $requests requests, $sentMiB MiB up", expectWithin);
