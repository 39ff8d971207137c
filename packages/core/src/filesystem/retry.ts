import { setTimeout as delay } from "node:timers/promises";
import { LONGEST_TIMER_MS } from "../options/option-rules.ts";

/** When to try again. All times in milliseconds. */
export interface RetryPolicy {
  /** Attempts in total, the first one included. */
  readonly attempts: number;
  /** The first pause; each further one may be twice as long. */
  readonly baseMs: number;
  /** The longest pause. */
  readonly capMs: number;
  /** No attempt starts later than this after the first. */
  readonly totalMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseMs: 200, capMs: 10_000, totalMs: 60_000 };

/**
 * Calls `attempt` until it succeeds, fails with an error that `isRetryable` refuses, or the policy is used up;
 * then throws the last error. Pauses are exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Only for calls whose body can be sent again.
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  options: { isRetryable(error: unknown): boolean; signal: AbortSignal; policy?: Partial<RetryPolicy> | undefined },
): Promise<T> {
  const policy = { ...DEFAULT_RETRY, ...options.policy };
  const startedAt = performance.now();
  for (let number = 1; ; number++) {
    options.signal.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      const longest = Math.min(policy.capMs, policy.baseMs * 2 ** (number - 1), LONGEST_TIMER_MS);
      const pauseMs = Math.random() * longest;
      const late = performance.now() - startedAt + pauseMs > policy.totalMs;
      if (number >= policy.attempts || late || options.signal.aborted || !options.isRetryable(error)) throw error;
      await delay(pauseMs, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
    }
  }
}
