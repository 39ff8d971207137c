import { StowageError } from "../errors.ts";
import { assertOptions } from "../options/assert-options.ts";
import { type OptionRule, rule } from "../options/option-rules.ts";
import type { Capabilities, FilesystemDriver } from "./driver.ts";

const METHODS = ["open", "stat", "list", "read", "write", "delete", "close", "classify"] as const;

const CAPABILITIES: Readonly<Record<keyof Capabilities, OptionRule>> = {
  conditionalCreate: rule.flag,
  contentTypes: rule.flag,
  signedUrls: rule.flag,
  shared: rule.flag,
  limits: rule.object,
};

/** Throws `CONFIG_INVALID`, which says what is missing, for something that cannot be a driver. Calls nothing of it. */
export function assertDriver(driver: unknown): asserts driver is FilesystemDriver {
  if (typeof driver !== "object" || driver === null) throw invalid("driver: not an object");
  if ("driver" in driver) throw invalid("driver: it is a Filesystem, which has a driver already");
  const { kind, capabilities, signUrl } = driver as Partial<FilesystemDriver>;
  const missing = METHODS.filter((name) => typeof (driver as Partial<FilesystemDriver>)[name] !== "function");
  if (missing.length > 0) throw invalid(`driver: it has no method ${missing.join(", ")}`);
  if (typeof kind !== "string" || kind === "") throw invalid("driver.kind: not a short name");
  if (signUrl !== undefined && typeof signUrl !== "function") throw invalid("driver.signUrl: not a function");
  assertCapabilities(capabilities);
}

function assertCapabilities(capabilities: unknown): void {
  const within = "driver.capabilities";
  assertOptions(capabilities, CAPABILITIES, { code: "CONFIG_INVALID", within, required: Object.keys(CAPABILITIES) });
  const { pageSize, timestampResolutionMs } = (capabilities as Capabilities).limits;
  if (!rule.wholeNumber(1).accepts(pageSize)) throw invalid(`${within}.limits.pageSize: not a whole number from 1 on`);
  if (typeof timestampResolutionMs === "number") return;
  throw invalid(`${within}.limits.timestampResolutionMs: not a number of milliseconds`);
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
