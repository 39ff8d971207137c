import { resolve } from "node:path";
import { assertOptions, type OptionRules, rule } from "@stowage/core/driver";
import type { LocalOptions, LocalSettings } from "./local-options.ts";

const OPTIONS: OptionRules<LocalOptions> = { directory: rule.path, create: rule.flag };

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: LocalOptions): LocalSettings {
  const example = '{ directory: "/srv/backups" }';
  assertOptions(options, OPTIONS, { code: "CONFIG_INVALID", required: ["directory"], example });
  return { directory: resolve(options.directory), create: options.create ?? true };
}
