import type { FilesystemDriver } from "@stowage/core";
import { type DriverVerb, interceptCalls } from "./intercept-calls.ts";

/** Adds the name of every call of the driver to `calls`, in the order in which they start. */
export function recordCalls(driver: FilesystemDriver, calls: DriverVerb[]): FilesystemDriver {
  return interceptCalls(driver, (verb, call) => {
    calls.push(verb);
    return call();
  });
}
