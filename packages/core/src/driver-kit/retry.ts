import { setTimeout as delay } from "node:timers/promises";
import { LONGEST_TIMER_MS, rule } from "../options/option-rules.ts";
import type { PartedRule } from "./url-option-rules.ts";

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

/** What a driver's option `retry` must be. */
export const RETRY_RULE: PartedRule<RetryPolicy> = {
  ...rule.object,
  parts: {
    attempts: { ...rule.wholeNumber(1), parameter: "retryAttempts" },
    baseMs: { ...rule.milliseconds, parameter: "retryBaseMs" },
    capMs: { ...rule.milliseconds, parameter: "retryCapMs" },
    totalMs: { ...rule.milliseconds, parameter: "retryTotalMs" },
  },
};

export interface RetryOptions {
  isRetryable(error: unknown): boolean;
  readonly signal: AbortSignal;
  readonly policy?: Partial<RetryPolicy> | undefined;
  /** Hears of every attempt that failed. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/**
 * Calls `attempt` until it succeeds, fails with an error that `isRetryable` refuses, or the policy is used up;
 * then throws the last error. Only for calls whose body can be sent again.
 */
export async function retry<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { isRetryable, signal, onFailure } = options;
  const policy = { ...DEFAULT_RETRY, ...options.policy };
  const startedAt = performance.now();
  for (let number = 1; ; number++) {
    signal.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      onFailure?.(error);
      const pauseMs = pauseMsAfter(number, policy);
      const late = performance.now() - startedAt + pauseMs > policy.totalMs;
      if (number >= policy.attempts || late || signal.aborted || !isRetryable(error)) throw error;
      await pause(pauseMs, signal);
    }
  }
}

/**
 * How many milliseconds to wait after so many failures in a row: exponential, with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function pauseMsAfter(failures: number, policy: Partial<RetryPolicy> = {}): number {
  const { baseMs, capMs } = { ...DEFAULT_RETRY, ...policy };
  return Math.random() * Math.min(capMs, baseMs * 2 ** (failures - 1), LONGEST_TIMER_MS);
}

/** Waits. Rejects with the signal's reason as soon as that aborts. */
export async function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}
