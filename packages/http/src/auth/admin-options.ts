import { StowageError } from "@stowage/core";
import { assertOptions, type OptionRules, rule } from "@stowage/core/driver";
import type { ClientInfo } from "../authentication.ts";
import type { Admins } from "./admin-list.ts";
import type { LoginRates } from "./login-limits.ts";
import type { Rate } from "./rate-limit.ts";

export interface AdminAuthenticationOptions {
  /** Who may log in. A list is read once; a function is called for each request. */
  readonly admins: Admins;
  /** Signs the tokens: 32 random bytes or more. Whoever knows it is an admin; another one ends all tokens. */
  readonly secret: string | Uint8Array;
  /** How long a log-in lasts, in seconds. One day when left out, as in PocketBase from 0.23 on; a refresh starts it anew. */
  readonly authTokenSeconds?: number;
  /** How long a file token lasts, in seconds. 180 when left out. */
  readonly fileTokenSeconds?: number;
  readonly rates?: LoginRates;
  /**
   * Returns the address of the client, for the limit by address. Left out, it is the address of the socket: behind a
   * reverse proxy all clients share the address of the proxy and its limit, so read a header there that the proxy
   * always overwrites.
   */
  readonly clientAddress?: (request: Request, info: ClientInfo) => string | undefined;
}

/** As in PocketBase: two years. */
const MAX_AUTH_TOKEN_SECONDS = 63_072_000;
const MAX_FILE_TOKEN_SECONDS = 3600;

const OPTIONS: OptionRules<AdminAuthenticationOptions> = {
  admins: { expected: "a list of admins or a function", accepts: isListOrFunction },
  secret: rule.anything,
  authTokenSeconds: rule.anything,
  fileTokenSeconds: rule.anything,
  rates: rule.object,
  clientAddress: rule.callback,
};
const RATES: OptionRules<LoginRates> = { address: rule.object, identity: rule.object };
const RATE: OptionRules<Rate> = { burst: rule.anything, intervalMs: rule.anything };

/** Throws `CONFIG_INVALID` for names that are no options, here and in the rates. */
export function assertKnownAdminOptions(options: AdminAuthenticationOptions): void {
  const code = "CONFIG_INVALID";
  assertOptions(options, OPTIONS, { code, required: ["admins", "secret"] });
  const { rates = {} } = options;
  assertOptions(rates, RATES, { code, within: "rates" });
  for (const [name, rate] of Object.entries(rates)) {
    if (rate !== undefined) assertOptions(rate, RATE, { code, within: `rates.${name}`, required: Object.keys(RATE) });
  }
}

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

function isListOrFunction(value: unknown): boolean {
  return Array.isArray(value) || typeof value === "function";
}

function assertWithin(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new StowageError("CONFIG_INVALID", `${name} must be a whole number from 1 to ${max}`);
}
