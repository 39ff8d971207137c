import { type ErrorCode, StowageError } from "@stowage/core";
import { startGcsServer } from "@stowage/test-kit";
import { describe, expect, it, onTestFinished } from "vitest";
import { isTransient } from "../src/classify.ts";
import { GcsError, networkError, refusal } from "../src/gcs-error.ts";
import { GcsDriver, type GcsOptions, gcsFilesystem } from "../src/index.ts";

const { classify } = new GcsDriver({ bucket: "bucket" });

function refused(status: number, reason: string, message = "a message"): GcsError {
  return refusal(status, JSON.stringify({ error: { code: status, message, errors: [{ message, reason }] } }));
}

function network(code: string): GcsError {
  return networkError(Object.assign(new Error(`connect ${code}`), { code }));
}

type Meaning = "retried" | "retryable" | "final";
const TABLE: [name: string, error: unknown, code: ErrorCode, meaning: Meaning][] = [
  ["a missing object", refused(404, "notFound", "No such object: b/o"), "NOT_FOUND", "final"],
  ["a missing object of a download", refusal(404, "No such object: b/o"), "NOT_FOUND", "final"],
  ["a missing bucket", refused(404, "notFound", "The specified bucket does not exist."), "BUCKET_NOT_FOUND", "final"],
  ["a missing bucket of a download", refusal(404, "The specified bucket does not exist."), "BUCKET_NOT_FOUND", "final"],
  ["a proxy's 404", refusal(404, "<html>Not Found</html>"), "INTERNAL", "final"],
  ["a condition that does not hold", refused(412, "conditionNotMet"), "ALREADY_EXISTS", "final"],
  ["a range behind the end", refused(416, "requestedRangeNotSatisfiable"), "RANGE_NOT_SATISFIABLE", "final"],
  [
    "a checksum",
    refused(400, "invalid", `Provided CRC32C "a" doesn't match calculated CRC32C "b".`),
    "CHECKSUM_MISMATCH",
    "retryable",
  ],
  ["bytes with another checksum", new GcsError("corrupt", "x"), "CHECKSUM_MISMATCH", "retryable"],
  ["a stale token", refused(400, "invalid", "Invalid page token."), "UNAVAILABLE", "retryable"],
  ["another 400", refused(400, "invalid"), "INTERNAL", "final"],
  ["a wrong token", refused(401, "authError"), "UNAUTHENTICATED", "final"],
  ["no token", new GcsError("credentials", "x"), "UNAUTHENTICATED", "final"],
  ["a clock that is wrong", refused(403, "RequestTimeTooSkewed"), "UNAUTHENTICATED", "final"],
  ["a missing permission", refused(403, "forbidden"), "PERMISSION_DENIED", "final"],
  ["a rate limit", refused(403, "userRateLimitExceeded"), "RATE_LIMITED", "retried"],
  ["too many requests", refused(429, "rateLimitExceeded"), "RATE_LIMITED", "retried"],
  ["a used-up quota", refused(403, "quotaExceeded"), "NO_SPACE", "final"],
  ["a full disk", refused(507, "insufficientStorage"), "NO_SPACE", "final"],
  ["too large an object", refused(413, "uploadTooLarge"), "INVALID_ARGUMENT", "final"],
  ["a request timeout", refused(408, "timeout"), "TIMEOUT", "retried"],
  ["idleness", new GcsError("idle", "x"), "TIMEOUT", "retried"],
  ["a conflict", refused(409, "conflict"), "UNAVAILABLE", "retried"],
  ["an internal error", refused(500, "internalError"), "UNAVAILABLE", "retried"],
  ["a proxy's 502", refusal(502, "<html>"), "UNAVAILABLE", "retried"],
  ["an unavailable backend", refused(503, "backendError"), "UNAVAILABLE", "retried"],
  ["what is not implemented", refused(501, "notImplemented"), "UNSUPPORTED", "final"],
  ["a redirect", refusal(302, ""), "CONFIG_INVALID", "final"],
  ["a reset", network("ECONNRESET"), "UNAVAILABLE", "retried"],
  ["a closed port", network("ECONNREFUSED"), "UNAVAILABLE", "retried"],
  ["an unknown host", network("ENOTFOUND"), "UNAVAILABLE", "retried"],
  ["an untrusted certificate", network("DEPTH_ZERO_SELF_SIGNED_CERT"), "CONFIG_INVALID", "final"],
  ["a wrong certificate", network("ERR_TLS_CERT_ALTNAME_INVALID"), "CONFIG_INVALID", "final"],
  ["an answer that is cut off", new GcsError("malformed", "x"), "UNAVAILABLE", "retried"],
  ["an object replaced meanwhile", new GcsError("changed", "x"), "UNAVAILABLE", "retryable"],
  ["a forgotten upload", new GcsError("upload-lost", "x"), "UNAVAILABLE", "retryable"],
  ["an abort", Object.assign(new Error("x"), { name: "AbortError" }), "ABORTED", "final"],
  ["the SDK's error", Object.assign(new Error("x"), { code: 403 }), "PERMISSION_DENIED", "final"],
  ["our own error", new StowageError("CLOSED", "x"), "CLOSED", "final"],
  ["a teapot", refusal(418, ""), "INTERNAL", "final"],
  ["a bug", new TypeError("x is not a function"), "INTERNAL", "final"],
];

describe("classify", () => {
  it.each(TABLE)("takes %s for what it is", (_, error, code, meaning) => {
    expect(classify(error)).toEqual({ code, retryable: meaning !== "final" });
    expect(isTransient(error)).toBe(meaning === "retried");
  });
});

describe("against a server", () => {
  const cases: [
    name: string,
    change: (server: Awaited<ReturnType<typeof startGcsServer>>) => Partial<GcsOptions>,
    code: ErrorCode,
  ][] = [
    ["a missing bucket", () => ({ bucket: "missing" }), "BUCKET_NOT_FOUND"],
    ["a wrong key", ({ wrongCredentials }) => ({ credentials: wrongCredentials }), "UNAUTHENTICATED"],
    [
      "a key that is none",
      ({ credentials }) => ({ credentials: { ...credentials, private_key: "garbage" } }),
      "UNAUTHENTICATED",
    ],
    ["no credentials", () => ({ credentials: undefined }), "UNAUTHENTICATED"],
    ["no permission", ({ deniedCredentials }) => ({ credentials: deniedCredentials }), "PERMISSION_DENIED"],
    ["a closed port", () => ({ apiEndpoint: "http://127.0.0.1:1" }), "UNAVAILABLE"],
    [
      "TLS where there is none",
      ({ apiEndpoint }) => ({ apiEndpoint: apiEndpoint.replace("http:", "https:") }),
      "CONFIG_INVALID",
    ],
  ];

  it.each(cases)("%s is told apart by open", async (_, change, code) => {
    const server = await startGcsServer();
    onTestFinished(() => server.close());
    const { bucket, apiEndpoint, credentials } = server;
    const options = { bucket, apiEndpoint, credentials, retry: { baseMs: 1 }, ...change(server) };
    await using filesystem = gcsFilesystem(options);
    await expect(filesystem.open()).rejects.toMatchObject({ code });
  });

  it("a reader may read, and not write", async () => {
    const server = await startGcsServer();
    onTestFinished(() => server.close());
    const { bucket, apiEndpoint, readerCredentials } = server;
    await using filesystem = gcsFilesystem({ bucket, apiEndpoint, credentials: readerCredentials });
    expect(await filesystem.exists("a.zip")).toBe(false);
    await expect(filesystem.write("a.zip", [Buffer.from("a")])).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });
});
