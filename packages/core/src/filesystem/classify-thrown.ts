import type { Classification } from "./driver.ts";

/**
 * What a driver says that an error means. One that cannot say it has a bug, and then it is `INTERNAL`: the error to tell is the
 * one that was to be classified.
 */
export function classifyThrown(error: unknown, driver: { classify(error: unknown): unknown }): Classification {
  try {
    const answer = driver.classify(error) as Partial<Classification> | null | undefined;
    if (answer instanceof Promise) answer.catch(() => {}); // of a `classify` that is async by mistake
    if (typeof answer?.code === "string") return { code: answer.code, retryable: answer.retryable === true };
  } catch {
    // As if there were no answer.
  }
  return { code: "INTERNAL", retryable: false };
}
