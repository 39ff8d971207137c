import { StowageError } from "@stowage/core";
import type { LoginRates } from "./login-limits.ts";

/** As in PocketBase: two years. */
const MAX_AUTH_TOKEN_SECONDS = 63_072_000;
const MAX_FILE_TOKEN_SECONDS = 3600;

/** Throws `CONFIG_INVALID` for a lifetime or a rate that is no whole number, or out of bounds. */
export function assertAdminOptions(options: {
  readonly authTokenSeconds: number;
  readonly fileTokenSeconds: number;
  readonly rates: LoginRates;
}): void {
  assertWithin("authTokenSeconds", options.authTokenSeconds, MAX_AUTH_TOKEN_SECONDS);
  assertWithin("fileTokenSeconds", options.fileTokenSeconds, MAX_FILE_TOKEN_SECONDS);
  for (const [name, rate] of Object.entries(options.rates)) {
    if (rate === undefined) continue;
    assertWithin(`rates.${name}.burst`, rate.burst, 10_000);
    assertWithin(`rates.${name}.intervalMs`, rate.intervalMs, 24 * 3600 * 1000);
  }
}

function assertWithin(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new StowageError("CONFIG_INVALID", `${name} must be a whole number from 1 to ${max}`);
}
