import { type Classification, type ErrorCode, StowageError } from "@stowage/core/driver";

/** AWS's names (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), the SDK's, and MinIO's where they differ. */
const BY_NAME: ReadonlyMap<string, ErrorCode> = codesByName({
  NOT_FOUND: ["NoSuchKey", "NotFound"],
  BUCKET_NOT_FOUND: ["NoSuchBucket"],
  ALREADY_EXISTS: ["PreconditionFailed"],
  INVALID_KEY: ["KeyTooLongError"],
  INVALID_ARGUMENT: ["EntityTooLarge"],
  RANGE_NOT_SATISFIABLE: ["InvalidRange"],
  CHECKSUM_MISMATCH: ["BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"],
  CONFIG_INVALID: [
    ...["PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed"], // another region
    ...["InvalidBucketName", "IllegalLocationConstraintException", "InvalidStorageClass", "EntityTooSmall"],
    ...["AccessControlListNotSupported", "KMS.NotFoundException", "KMS.DisabledException"],
  ],
  UNAUTHENTICATED: [
    ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "ExpiredTokenException"],
    ...[
      "TokenRefreshRequired",
      "RequestTimeTooSkewed",
      "RequestExpired",
      "CredentialsProviderError",
      "InvalidSecurity",
    ],
  ],
  PERMISSION_DENIED: ["AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "InvalidObjectState"],
  RATE_LIMITED: [
    "SlowDown",
    "SlowDownRead",
    "SlowDownWrite",
    "TooManyRequests",
    "TooManyRequestsException",
    "Throttling",
    "ThrottlingException",
  ],
  NO_SPACE: ["QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"],
  UNAVAILABLE: [
    ...["InternalError", "ServiceUnavailable", "OperationAborted", "ConditionalRequestConflict"],
    ...["NoSuchUpload", "IncompleteBody", "IncompleteReply"],
  ],
  TIMEOUT: ["RequestTimeout", "TimeoutError"],
  UNSUPPORTED: ["NotImplemented", "MethodNotAllowed"],
  ABORTED: ["AbortError"],
});

/** Node's codes of errors below HTTP. */
const BY_NETWORK_CODE: ReadonlyMap<string, ErrorCode> = codesByName({
  UNAVAILABLE: [
    ...["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"],
    ...["ENETDOWN", "EHOSTDOWN", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"],
  ],
  TIMEOUT: ["ETIMEDOUT", "ESOCKETTIMEDOUT"],
  CONFIG_INVALID: ["EPROTO", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "ERR_INVALID_URL"],
});

const BY_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [408, "TIMEOUT"],
  [412, "ALREADY_EXISTS"],
  [416, "RANGE_NOT_SATISFIABLE"],
  [429, "RATE_LIMITED"],
  [501, "UNSUPPORTED"],
  [507, "NO_SPACE"],
]);

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(["RATE_LIMITED", "UNAVAILABLE", "TIMEOUT"]);

/** Says what an error of the SDK means. Pure. A 404 that says nothing more is `INTERNAL`: it may be a proxy's. */
export function classify(error: unknown): Classification {
  if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
  const code = codeOf(error);
  return { code, retryable: RETRYABLE.has(code) };
}

function codeOf(error: unknown): ErrorCode {
  if (typeof error !== "object" || error === null) return "INTERNAL";
  const { name, code, message, $metadata } = error as Record<string, unknown>;
  const status = ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return (
    fromNetwork(String(code)) ?? // before the name: the SDK calls a reset a TimeoutError
    BY_NAME.get(String(name)) ??
    (typeof status === "number" ? fromStatus(status) : undefined) ??
    (/^Region is missing/.test(String(message)) ? "CONFIG_INVALID" : "INTERNAL")
  );
}

function fromNetwork(code: string): ErrorCode | undefined {
  if (code.startsWith("HPE_")) return "UNAVAILABLE"; // the answer is not HTTP
  if (/^(CERT|UNABLE_TO|ERR_TLS|ERR_SSL)_/.test(code)) return "CONFIG_INVALID";
  return BY_NETWORK_CODE.get(code);
}

function fromStatus(status: number): ErrorCode | undefined {
  const known = BY_STATUS.get(status);
  if (known) return known;
  if (status >= 500) return "UNAVAILABLE";
  if (status >= 300 && status < 400) return "CONFIG_INVALID"; // a redirect: another region or endpoint
  if (status >= 200 && status < 300) return "UNAVAILABLE"; // a success that cannot be read
  return undefined;
}

function codesByName(names: Partial<Record<ErrorCode, readonly string[]>>): ReadonlyMap<string, ErrorCode> {
  const entries = Object.entries(names) as [ErrorCode, readonly string[]][];
  return new Map(entries.flatMap(([code, list]) => list.map((name) => [name, code] as const)));
}
