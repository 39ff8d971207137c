import { assertOptions, type OptionRules } from "@stowage/core/driver";
import { Volume } from "memfs";
import type { MemoryOptions, MemorySettings } from "./memory-options.ts";

const OPTIONS: OptionRules<MemoryOptions> = {
  volume: { expected: "a volume of memfs", accepts: isVolume },
};

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: MemoryOptions): MemorySettings {
  assertOptions(options, OPTIONS, { code: "CONFIG_INVALID" });
  return { volume: options.volume ?? new Volume() };
}

/** One of another copy of memfs will do. What looks like one and is not is the disk of this host: the module `node:fs`. */
function isVolume(value: unknown): boolean {
  const { lstatSync, toJSON } = (value ?? {}) as Partial<Volume>;
  return typeof lstatSync === "function" && typeof toJSON === "function";
}
