import { Filesystem } from "@stowage/core";
import { MemoryDriver } from "./memory-driver.ts";
import type { MemoryOptions } from "./memory-options.ts";

/** Keeps objects in memory, on a `memfs` volume. Two filesystems on one volume see the same objects. */
export function memoryFilesystem(options: MemoryOptions = {}): Filesystem {
  return new Filesystem(new MemoryDriver(options));
}
