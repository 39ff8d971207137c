import { testFilesystem } from "@stowage/contract-tests";
import * as vitest from "vitest";
import { harness } from "./harness.ts";

testFilesystem(vitest, { name: "s3 on the test double, slow cases", tiers: ["slow"], timeoutMs: 600_000, ...harness });
