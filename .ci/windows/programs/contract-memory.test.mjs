import * as nodeTest from "node:test";
import { testFilesystem } from "@stowage/contract-tests";
import { memoryFilesystem } from "@stowage/memory";
import { Volume } from "memfs";

testFilesystem(nodeTest, {
  name: "memory",
  create: async () => {
    const volume = new Volume();
    return { open: () => memoryFilesystem({ volume }), dispose: async () => volume.reset() };
  },
});
