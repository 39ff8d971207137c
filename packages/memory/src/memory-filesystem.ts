import { Filesystem } from "@stowage/core";
import { MemoryDriver, type MemoryDriverOptions } from "./memory-driver.ts";

export type MemoryFilesystemOptions = MemoryDriverOptions;

/** Keeps objects in memory, on a `memfs` volume. Two filesystems on one volume see the same objects. */
export function memoryFilesystem(options: MemoryFilesystemOptions = {}): Filesystem {
  return new Filesystem(new MemoryDriver(options));
}
