import { testFilesystem } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import * as vitest from "vitest";
import { Filesystem, mirrored } from "../../../src/index.ts";

testFilesystem(vitest, {
  name: "mirrored, over two memory filesystems",
  create: () => {
    const drivers = [new MemoryDriver(), new MemoryDriver()];
    return { open: () => mirrored(drivers.map((driver) => new Filesystem(driver))) };
  },
});
