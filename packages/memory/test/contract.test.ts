import { testFilesystem } from "@stowage/contract-tests";
import { Volume } from "memfs";
import * as vitest from "vitest";
import { memoryFilesystem } from "../src/index.ts";

testFilesystem(vitest, {
  name: "memory",
  create: async () => {
    const volume = new Volume();
    return {
      open: () => memoryFilesystem({ volume }),
      residue: async () =>
        volume
          .readdirSync("/")
          .map(String)
          .filter((name) => name.startsWith(".")),
      dispose: async () => volume.reset(),
    };
  },
});
