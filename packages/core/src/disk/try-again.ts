import { setTimeout as wait } from "node:timers/promises";
import { errnoOf } from "./errno-of.ts";
import type { Platform } from "./platform.ts";

const BUSY: ReadonlySet<string | undefined> = new Set(["EPERM", "EBUSY", "EACCES"]);
const PAUSE_MAX_MS = 100;

/**
 * Repeats a call for some seconds while somebody else has the file open, such as a virus scanner, or while the system removes what
 * had its name; then throws what the system says, or before that what `assertHope` does. Where the system needs no such thing, the call is made once.
 */
export async function tryAgain<T>(
  { busyMs }: Pick<Platform, "busyMs">,
  call: () => Promise<T>,
  assertHope: () => Promise<void> = async () => {},
): Promise<T> {
  for (let waited = 0, pause = 10; ; pause = Math.min(pause + 10, PAUSE_MAX_MS)) {
    try {
      return await call();
    } catch (error) {
      if (waited >= busyMs || !BUSY.has(errnoOf(error))) throw error;
      await assertHope();
    }
    await wait(pause);
    waited += pause;
  }
}

/** The same in a thread that has nothing else to do. */
export function tryAgainNow<T>({ busyMs }: Pick<Platform, "busyMs">, call: () => T): T {
  for (let waited = 0, pause = 10; ; pause = Math.min(pause + 10, PAUSE_MAX_MS)) {
    try {
      return call();
    } catch (error) {
      if (waited >= busyMs || !BUSY.has(errnoOf(error))) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    waited += pause;
  }
}
