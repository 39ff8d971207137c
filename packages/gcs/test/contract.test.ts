import { testFilesystem } from "@stowage/contract-tests";
import * as vitest from "vitest";
import { makeGcsHarness } from "./gcs-harness.ts";

testFilesystem(vitest, { name: "gcs on the test double", timeoutMs: 90_000, ...(await makeGcsHarness()) });
