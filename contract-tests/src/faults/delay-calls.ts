import { setTimeout as delay } from "node:timers/promises";
import type { FilesystemDriver } from "@stowage/core";
import { type DriverVerb, interceptCalls } from "./intercept-calls.ts";

export interface DelayCallsOptions {
  /** How long each call waits before it starts. */
  readonly delayMs: number;
  /** Which calls wait; every one but `close` when left out. */
  readonly verb?: DriverVerb | undefined;
}

/** Makes a driver slow to answer. */
export function delayCalls(driver: FilesystemDriver, { delayMs, verb }: DelayCallsOptions): FilesystemDriver {
  return interceptCalls(driver, async (called, call) => {
    if (verb ? called === verb : called !== "close") await delay(delayMs);
    return call();
  });
}
