import { testFilesystem } from "@stowage/contract-tests";
import { Volume } from "memfs";
import * as vitest from "vitest";
import { memoryFilesystem } from "../src/index.ts";

testFilesystem(vitest, {
  name: "memory",
  tiers: ["slow"],
  deviations: { "write/large-object-in-bounded-memory": "objects lie in memory" },
  create: async () => {
    const volume = new Volume();
    return { open: () => memoryFilesystem({ volume }), dispose: async () => volume.reset() };
  },
});
