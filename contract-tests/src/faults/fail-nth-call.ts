import type { FilesystemDriver } from "@stowage/core";
import { type DriverVerb, interceptCalls } from "./intercept-calls.ts";

export interface FailNthCallOptions {
  /** Which calls are counted; every verb but `close` when left out. */
  readonly verb?: DriverVerb | undefined;
  /** The call that fails, counted from 1. No other call fails. */
  readonly nth: number;
  /** What is thrown. A plain `Error` that says so when left out. */
  readonly error?: unknown;
}

/** Fails one call before it reaches the driver. A test that repeats itself for every `nth` leaves no step untried. */
export function failNthCall(driver: FilesystemDriver, options: FailNthCallOptions): FilesystemDriver {
  let count = 0;
  return interceptCalls(driver, async (verb, call) => {
    const isCounted = options.verb ? verb === options.verb : verb !== "close";
    if (isCounted) count++;
    if (isCounted && count === options.nth) throw options.error ?? new Error(`injected failure of ${verb}`);
    return call();
  });
}
