import { afterEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_RETRY, pauseMsAfter, RETRY_RULE, retry } from "../../src/driver-kit/retry.ts";
import { assertOptions } from "../../src/options/assert-options.ts";

const { signal } = new AbortController();
const AT_ONCE = { baseMs: 0 };

afterEach(() => vi.restoreAllMocks());

function failing(times: number): (number: number) => Promise<string> {
  return async (number) => {
    if (number <= times) throw new Error(`attempt ${number}`);
    return `attempt ${number}`;
  };
}

describe("retry", () => {
  it("calls until an attempt succeeds, and tells of each one that failed", async () => {
    const failures: unknown[] = [];
    const options = { isRetryable: () => true, signal, policy: AT_ONCE };

    const result = await retry(failing(2), { ...options, onFailure: (error) => failures.push(error) });

    expect(result).toBe("attempt 3");
    expect(failures).toEqual([new Error("attempt 1"), new Error("attempt 2")]);
  });

  it.each([
    ["the attempts are used up", { isRetryable: () => true, policy: AT_ONCE }, DEFAULT_RETRY.attempts],
    [
      "an error will not pass",
      { isRetryable: (error: unknown) => String(error) !== "Error: attempt 2", policy: AT_ONCE },
      2,
    ],
    ["it would be too late", { isRetryable: () => true, policy: { baseMs: 0, totalMs: -1 } }, 1],
  ])("throws the last error when %s, of which it tells too", async (_, options, attempts) => {
    const failures: unknown[] = [];
    const retried = retry(failing(99), { ...options, signal, onFailure: (error) => failures.push(error) });

    await expect(retried).rejects.toThrow(`attempt ${attempts}`);
    expect(failures).toHaveLength(attempts);
  });

  it("a retry waits although its policy asks for longer than a timer can", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const warn = vi.spyOn(process, "emitWarning"); // which Node calls for a timer that is over at once
    const attempt = vi.fn(() => Promise.reject(new Error("again")));
    const policy = { baseMs: 2 ** 40, capMs: Number.POSITIVE_INFINITY, totalMs: Number.POSITIVE_INFINITY };
    const controller = new AbortController();

    const retried = retry(attempt, { isRetryable: () => true, signal: controller.signal, policy });
    setImmediate(() => controller.abort());

    await expect(retried).rejects.toMatchObject({ name: "AbortError" });
    expect(attempt).toHaveBeenCalledOnce();
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("pauses", () => {
  it("double up to the longest, each of a random length below that", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const policy = { baseMs: 100, capMs: 300 };

    expect([1, 2, 3, 4].map((failures) => pauseMsAfter(failures, policy))).toEqual([50, 100, 150, 150]);
    expect(pauseMsAfter(1)).toBe(DEFAULT_RETRY.baseMs / 2);
  });
});

describe("the option retry", () => {
  const check = (retry: object) => () =>
    assertOptions(retry, RETRY_RULE.parts, { code: "CONFIG_INVALID", within: "retry" });

  it.each([
    [{ attempts: 0 }, /^retry\.attempts: /],
    [{ baseMs: -1 }, /^retry\.baseMs: /],
    [{ capMs: "1s" }, /^retry\.capMs: /],
    [{ totalMs: Number.NaN }, /^retry\.totalMs: /],
  ])("refuses %j", (option, message) => {
    expect(check(option)).toThrow(message);
  });

  it("takes what the default is", () => {
    expect(check(DEFAULT_RETRY)).not.toThrow();
  });
});
