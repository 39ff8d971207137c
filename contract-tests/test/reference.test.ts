import * as vitest from "vitest";
import { testFilesystem } from "../src/index.ts";
import { referenceHarness } from "./reference-harness.ts";

testFilesystem(vitest, {
  name: "the reference driver",
  ...referenceHarness(),
  tiers: ["fast", "remote"],
  settleMs: 20,
});
