import type { FilesystemDriver } from "@stowage/core";
import { type DriverVerb, interceptCalls } from "./intercept-calls.ts";

export interface LoseReplyOptions {
  /** Which calls are counted. */
  readonly verb: DriverVerb;
  /** The call whose reply is lost, counted from 1; the first when left out. */
  readonly nth?: number | undefined;
  /** What is thrown instead of the reply. */
  readonly error?: unknown;
}

/** Lets one call do its work, and then throws as if the connection had died before the reply came. */
export function loseReply(driver: FilesystemDriver, { verb, nth = 1, error }: LoseReplyOptions): FilesystemDriver {
  let count = 0;
  return interceptCalls(driver, async (called, call) => {
    const reply = await call();
    if (called === verb && ++count === nth) throw error ?? new Error(`injected loss of the reply to ${verb}`);
    return reply;
  });
}
