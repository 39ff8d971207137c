import { setTimeout as sleep } from "node:timers/promises";
import { StowageError } from "../../errors.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Repeats what is `BUSY` until it is not, `limitMs` long at most. The pauses are random, so that hosts do not keep step. */
export async function whileBusy<T>(limitMs: number, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  const end = performance.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await action();
    } catch (error) {
      const isBusy = error instanceof StowageError && error.code === "BUSY";
      if (!isBusy || performance.now() + pauseMs > end) throw error;
    }
    await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
  }
}
