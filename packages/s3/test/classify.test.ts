import { StowageError } from "@stowage/core";
import { describe, expect, it } from "vitest";
import { classify } from "../src/classify.ts";
import { bareError } from "../src/s3-error.ts";

const answer = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const network = (code: string) => Object.assign(new Error(code), { code });

const ANSWERS: [name: string, status: number, code: string, retryable: boolean][] = [
  ["NoSuchKey", 404, "NOT_FOUND", false],
  ["NotFound", 404, "NOT_FOUND", false],
  ["NoSuchBucket", 404, "BUCKET_NOT_FOUND", false],
  ["NoSuchUpload", 404, "UNAVAILABLE", true],
  ["SomethingElse", 404, "INTERNAL", false],
  ["PreconditionFailed", 412, "ALREADY_EXISTS", false],
  ["", 412, "ALREADY_EXISTS", false],
  ["ConditionalRequestConflict", 409, "UNAVAILABLE", true],
  ["BucketAlreadyExists", 409, "INTERNAL", false],
  ["KeyTooLongError", 400, "INVALID_KEY", false],
  ["EntityTooLarge", 400, "INVALID_ARGUMENT", false],
  ["InvalidRange", 416, "RANGE_NOT_SATISFIABLE", false],
  ["", 416, "RANGE_NOT_SATISFIABLE", false],
  ["BadDigest", 400, "CHECKSUM_MISMATCH", false],
  ["XAmzContentSHA256Mismatch", 400, "CHECKSUM_MISMATCH", false],
  ["PermanentRedirect", 301, "CONFIG_INVALID", false],
  ["AuthorizationHeaderMalformed", 400, "CONFIG_INVALID", false],
  ["EntityTooSmall", 400, "CONFIG_INVALID", false],
  ["", 307, "CONFIG_INVALID", false],
  ["InvalidAccessKeyId", 403, "UNAUTHENTICATED", false],
  ["SignatureDoesNotMatch", 403, "UNAUTHENTICATED", false],
  ["RequestTimeTooSkewed", 403, "UNAUTHENTICATED", false],
  ["ExpiredToken", 400, "UNAUTHENTICATED", false],
  ["", 401, "UNAUTHENTICATED", false],
  ["AccessDenied", 403, "PERMISSION_DENIED", false],
  ["", 403, "PERMISSION_DENIED", false],
  ["SlowDown", 503, "RATE_LIMITED", true],
  ["", 429, "RATE_LIMITED", true],
  ["QuotaExceeded", 403, "NO_SPACE", false],
  ["", 507, "NO_SPACE", false],
  ["InternalError", 500, "UNAVAILABLE", true],
  ["", 502, "UNAVAILABLE", true],
  ["IncompleteBody", 400, "UNAVAILABLE", true],
  ["SyntaxError", 200, "UNAVAILABLE", true],
  ["RequestTimeout", 400, "TIMEOUT", true],
  ["", 408, "TIMEOUT", true],
  ["NotImplemented", 501, "UNSUPPORTED", false],
  ["", 501, "UNSUPPORTED", false],
  ["InvalidArgument", 400, "INTERNAL", false],
];

const NETWORK: [code: string, expected: string, retryable: boolean][] = [
  ["ECONNRESET", "UNAVAILABLE", true],
  ["ECONNREFUSED", "UNAVAILABLE", true],
  ["ENOTFOUND", "UNAVAILABLE", true],
  ["EPIPE", "UNAVAILABLE", true],
  ["HPE_INVALID_CONSTANT", "UNAVAILABLE", true],
  ["ETIMEDOUT", "TIMEOUT", true],
  ["CERT_HAS_EXPIRED", "CONFIG_INVALID", false],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "CONFIG_INVALID", false],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CONFIG_INVALID", false],
];

describe("classify", () => {
  it.each(ANSWERS)("calls %s with status %i %s, retryable: %s", (name, status, code, retryable) => {
    expect(classify(answer(name, status))).toEqual({ code, retryable });
    expect(classify(bareError(answer(name, status)))).toEqual({ code, retryable });
  });

  it.each(NETWORK)("calls the network error %s %s, retryable: %s", (code, expected, retryable) => {
    expect(classify(network(code))).toEqual({ code: expected, retryable });
    expect(classify(bareError(network(code)))).toEqual({ code: expected, retryable });
  });

  it("sees a reset behind the name TimeoutError, which the SDK gives it", () => {
    const error = Object.assign(network("ECONNRESET"), { name: "TimeoutError" });
    expect(classify(error).code).toBe("UNAVAILABLE");
  });

  it("keeps the code of an error of our own", () => {
    const error = new StowageError("UNAVAILABLE", "replaced");
    expect(classify(error)).toEqual({ code: "UNAVAILABLE", retryable: true });
  });

  it("knows missing credentials and a missing region", () => {
    const missing = Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
    expect(classify(missing).code).toBe("UNAUTHENTICATED");
    expect(classify(new Error("Region is missing")).code).toBe("CONFIG_INVALID");
  });

  it.each([undefined, null, "text", 7, {}, new Error("what")])("calls %s INTERNAL", (error) => {
    expect(classify(error)).toEqual({ code: "INTERNAL", retryable: false });
  });
});
