import { describe, expect, it } from "vitest";
import { classifyByRules, type ErrorRule, factsOfError } from "../../src/driver-kit/classify-by-rules.ts";
import { abortError, StowageError } from "../../src/errors.ts";

interface Facts {
  readonly status: number | undefined;
  readonly reason: string | undefined;
}

const RULES: readonly ErrorRule<Facts>[] = [
  { when: { status: 404, reason: ["notFound", "gone"] }, means: "NOT_FOUND" },
  { when: { status: 404 }, means: "BUCKET_NOT_FOUND" },
  { when: { status: 410, reason: /./ }, means: "PERMISSION_DENIED" },
  { when: { status: 500, reason: "disk" }, means: "UNAVAILABLE", retryable: false },
  { when: { status: /^5/ }, means: "UNAVAILABLE" },
  { when: { reason: /^slow/ }, means: "RATE_LIMITED" },
];

const classify = classifyByRules(RULES, (error) => {
  return error instanceof TypeError ? undefined : (error as Error & Facts);
});

function failure(facts: Partial<Facts>): Error {
  return Object.assign(new Error("a failure"), facts);
}

describe("classifyByRules", () => {
  it.each([
    ["all that a rule names has to fit", { status: 404, reason: "gone" }, "NOT_FOUND", false],
    ["the first rule that fits counts", { status: 404, reason: "other" }, "BUCKET_NOT_FOUND", false],
    ["a fact that is not known fits nothing", { status: 404 }, "BUCKET_NOT_FOUND", false],
    ["nor does it look like anything", { status: 410 }, "INTERNAL", false],
    ["an expression is for the digits of a number too", { status: 503 }, "UNAVAILABLE", true],
    ["a rule may say otherwise than its code", { status: 500, reason: "disk" }, "UNAVAILABLE", false],
    ["a rule need not name a fact that others name", { reason: "slow down" }, "RATE_LIMITED", true],
    ["what fits no rule is unknown", { status: 418 }, "INTERNAL", false],
  ])("%s", (_, facts, code, retryable) => {
    expect(classify(failure(facts))).toEqual({ code, retryable });
  });

  it("takes our own errors for what they say, and an abort for one", () => {
    const own = new StowageError("UNAVAILABLE", "x", { retryable: false });
    expect(classify(own)).toEqual({ code: "UNAVAILABLE", retryable: false });
    for (const aborted of [AbortSignal.abort().reason, abortError(AbortSignal.abort())]) {
      expect(classify(aborted)).toEqual({ code: "ABORTED", retryable: false });
    }
  });

  it.each([[undefined], [null], ["text"], [{ status: 404 }], [new TypeError("of which nothing is known")]])(
    "calls %j INTERNAL",
    (thrown) => {
      expect(classify(thrown)).toEqual({ code: "INTERNAL", retryable: false });
    },
  );
});

it("the facts of an error are its name, its message, and its code if that is a text", () => {
  const coded = Object.assign(new RangeError("too large"), { code: "ERR_OUT_OF_RANGE" });
  expect(factsOfError(coded)).toEqual({ name: "RangeError", message: "too large", code: "ERR_OUT_OF_RANGE" });
  expect(factsOfError(Object.assign(new Error("x"), { code: 404 })).code).toBeUndefined();
});
