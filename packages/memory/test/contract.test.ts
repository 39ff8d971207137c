import assert from "node:assert/strict";
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
      outage: async () => {
        const { lstatSync, readdirSync } = volume;
        const fail = () => assert.fail("the memory is broken");
        Object.assign(volume, { lstatSync: fail, readdirSync: fail });
        return () => void Object.assign(volume, { lstatSync, readdirSync });
      },
      residue: async () =>
        volume
          .readdirSync("/")
          .map(String)
          .filter((name) => name.startsWith(".")),
      isThrownAway: true,
      dispose: async () => volume.reset(),
    };
  },
});
