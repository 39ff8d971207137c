import { testFilesystem } from "@stowage/contract-tests";
import * as vitest from "vitest";
import { localNamespace } from "./local-namespace.ts";

testFilesystem(vitest, { name: "local", timeoutMs: 90_000, create: localNamespace });
