import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testFilesystem } from "@stowage/contract-tests";
import { Filesystem } from "@stowage/core";
import * as vitest from "vitest";
import { LogDriver } from "../src/log-driver.ts";

testFilesystem(vitest, {
  name: "log",
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), "stowage-log-"));
    const open = () => new Filesystem(new LogDriver(join(directory, "objects.log")));
    const openMissing = () => new Filesystem(new LogDriver(join(directory, "missing", "objects.log")));
    return { open, openMissing, dispose: () => rm(directory, { recursive: true }) };
  },
});
