import { StowageError } from "../errors.ts";
import { assertOptions } from "../options/assert-options.ts";
import { type OptionRule, rule } from "../options/option-rules.ts";
import type { Capabilities, FilesystemDriver, Limits } from "./driver.ts";

const METHODS = ["open", "stat", "list", "read", "write", "delete", "close", "classify"] as const;

const CAPABILITIES: Readonly<Record<keyof Capabilities, OptionRule>> = {
  conditionalCreate: rule.flag,
  contentTypes: rule.flag,
  signedUrls: rule.flag,
  shared: rule.flag,
  limits: rule.object,
};

const LIMITS: Readonly<Record<keyof Limits, OptionRule>> = {
  pageSize: rule.wholeNumber(1),
  timestampResolutionMs: rule.milliseconds,
  partSize: rule.wholeNumber(1),
  objectSize: rule.wholeNumber(1),
  conditionalCreateSize: rule.wholeNumber(0),
};

const within = "driver.capabilities";

/** Throws `CONFIG_INVALID`, which says what is missing, for something that cannot be a driver. Calls nothing of it. */
export function assertDriver(driver: unknown): asserts driver is FilesystemDriver {
  if (typeof driver === "function") throw invalid("driver: a class or function; write new Filesystem(new MyDriver())");
  if (typeof driver !== "object" || driver === null) throw invalid("driver: not an object");
  if ("driver" in driver) throw invalid("driver: it is a Filesystem, which has a driver already");
  const { kind, capabilities, signUrl } = driver as Partial<FilesystemDriver>;
  const missing = METHODS.filter((name) => typeof (driver as Partial<FilesystemDriver>)[name] !== "function");
  if (missing.length > 0) throw invalid(`driver: it has no method ${missing.join(", ")}`);
  if (typeof kind !== "string" || kind === "") throw invalid("driver.kind: not a short name");
  if (signUrl !== undefined && typeof signUrl !== "function") throw invalid("driver.signUrl: not a function");
  assertCapabilities(capabilities);
  if (!capabilities.signedUrls || signUrl) return;
  throw invalid("driver.signUrl: it is missing, and driver.capabilities.signedUrls is true");
}

function assertCapabilities(capabilities: unknown): asserts capabilities is Capabilities {
  assertOptions(capabilities, CAPABILITIES, { code: "CONFIG_INVALID", within, required: Object.keys(CAPABILITIES) });
  const { limits } = capabilities as unknown as Capabilities;
  for (const [name, { accepts, expected }] of Object.entries(LIMITS)) {
    const value = limits[name as keyof Limits];
    const isRequired = name === "pageSize" || name === "timestampResolutionMs";
    if (value === undefined ? isRequired : !accepts(value)) throw invalid(`${within}.limits.${name}: not ${expected}`);
  }
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
