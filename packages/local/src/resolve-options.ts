import { resolve } from "node:path";
import { assertUrlOptions } from "@stowage/core/driver";
import type { LocalOptions, LocalSettings } from "./local-options.ts";
import { LOCAL_OPTION_RULES } from "./option-rules.ts";

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: LocalOptions): LocalSettings {
  const example = '{ directory: "/srv/backups" }';
  assertUrlOptions(options, LOCAL_OPTION_RULES, { code: "CONFIG_INVALID", required: ["directory"], example });
  return { directory: resolve(options.directory), create: options.create ?? true };
}
