import type { UrlOptionRules } from "@stowage/core/driver";
import type { Volume } from "memfs";
import type { MemoryOptions } from "./memory-options.ts";

/** What each option must be. A `memory:` URL gives none. */
export const MEMORY_OPTION_RULES: UrlOptionRules<MemoryOptions> = {
  volume: { expected: "a volume of memfs", accepts: isVolume, notInUrl: "is an object, for memoryFilesystem alone" },
};

/** One of another copy of memfs will do. What looks like one and is not is the disk of this host: the module `node:fs`. */
function isVolume(value: unknown): boolean {
  const { lstatSync, toJSON } = (value ?? {}) as Partial<Volume>;
  return typeof lstatSync === "function" && typeof toJSON === "function";
}
