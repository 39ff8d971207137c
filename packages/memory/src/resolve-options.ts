import { assertOptions } from "@stowage/core/driver";
import { Volume } from "memfs";
import type { MemoryOptions, MemorySettings } from "./memory-options.ts";
import { MEMORY_OPTION_RULES } from "./option-rules.ts";

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: MemoryOptions): MemorySettings {
  assertOptions(options, MEMORY_OPTION_RULES, { code: "CONFIG_INVALID" });
  return { volume: options.volume ?? new Volume() };
}
