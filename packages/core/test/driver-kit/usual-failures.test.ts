import { describe, expect, it } from "vitest";
import { classifyByRules, factsOfError } from "../../src/driver-kit/classify-by-rules.ts";
import { DISK_FAILURES, HTTP_FAILURES, NETWORK_FAILURES } from "../../src/driver-kit/usual-failures.ts";

const codeOf = (rules: typeof NETWORK_FAILURES, code: string) =>
  classifyByRules(rules, factsOfError)(Object.assign(new Error(code), { code }));
const statusOf = (status: number) => classifyByRules(HTTP_FAILURES, () => ({ status }))(new Error("refused"));

describe("below HTTP", () => {
  it.each([
    ["ECONNRESET", "UNAVAILABLE", true],
    ["ENOTFOUND", "UNAVAILABLE", true],
    ["EHOSTUNREACH", "UNAVAILABLE", true],
    ["HPE_INVALID_CONSTANT", "UNAVAILABLE", true],
    ["ERR_STREAM_PREMATURE_CLOSE", "UNAVAILABLE", true],
    ["ETIMEDOUT", "TIMEOUT", true],
    ["EPROTO", "CONFIG_INVALID", false],
    ["CERT_HAS_EXPIRED", "CONFIG_INVALID", false],
    ["SELF_SIGNED_CERT_IN_CHAIN", "CONFIG_INVALID", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "CONFIG_INVALID", false],
    ["ENOENT", "INTERNAL", false],
  ])("%s is %s, retryable: %s", (code, means, retryable) => {
    expect(codeOf(NETWORK_FAILURES, code)).toEqual({ code: means, retryable });
  });
});

describe("of HTTP", () => {
  it.each([
    [302, "CONFIG_INVALID", false],
    [400, "INTERNAL", false],
    [401, "UNAUTHENTICATED", false],
    [403, "PERMISSION_DENIED", false],
    [404, "INTERNAL", false],
    [408, "TIMEOUT", true],
    [412, "ALREADY_EXISTS", false],
    [416, "RANGE_NOT_SATISFIABLE", false],
    [429, "RATE_LIMITED", true],
    [500, "UNAVAILABLE", true],
    [501, "UNSUPPORTED", false],
    [507, "NO_SPACE", false],
  ])("%s is %s, retryable: %s", (status, means, retryable) => {
    expect(statusOf(status)).toEqual({ code: means, retryable });
  });
});

describe("of a disk", () => {
  it.each([
    ["ENOENT", "NOT_FOUND", false],
    ["EACCES", "PERMISSION_DENIED", false],
    ["ENOSPC", "NO_SPACE", false],
    ["EBUSY", "UNAVAILABLE", true],
    ["EIO", "UNAVAILABLE", false],
    ["ECONNRESET", "INTERNAL", false],
  ])("%s is %s, retryable: %s", (code, means, retryable) => {
    expect(codeOf(DISK_FAILURES, code)).toEqual({ code: means, retryable });
  });
});
