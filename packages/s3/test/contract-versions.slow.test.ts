import { testFilesystem } from "@stowage/contract-tests";
import * as vitest from "vitest";
import { harnessOver } from "./harness.ts";

const name = "s3 on the test double, in buckets that keep versions";
testFilesystem(vitest, { name, timeoutMs: 90_000, ...harnessOver({ versioned: true }) });
