import { type Classification, type ErrorCode, StowageError } from "@stowage/core/driver";
import { GcsError, type GcsErrorKind } from "./gcs-error.ts";

interface Rule {
  readonly kind: GcsErrorKind;
  readonly status?: number | undefined;
  readonly reason?: RegExp;
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly means: ErrorCode;
  readonly retryable?: true;
}

const TLS_FAILURE = /^(EPROTO|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT)/;

/**
 * What a failure means, the first rule that fits. Statuses and reasons:
 * https://cloud.google.com/storage/docs/json_api/v1/status-codes.
 */
const RULES: readonly Rule[] = [
  { kind: "idle", means: "TIMEOUT", retryable: true },
  { kind: "malformed", means: "UNAVAILABLE", retryable: true },
  { kind: "corrupt", means: "CHECKSUM_MISMATCH", retryable: true },
  { kind: "changed", means: "UNAVAILABLE", retryable: true },
  { kind: "upload-lost", means: "UNAVAILABLE", retryable: true },
  { kind: "credentials", means: "UNAUTHENTICATED" },
  { kind: "network", code: TLS_FAILURE, means: "CONFIG_INVALID" },
  { kind: "network", means: "UNAVAILABLE", retryable: true },
  { kind: "refused", status: 400, message: /doesn't match calculated/, means: "CHECKSUM_MISMATCH", retryable: true },
  { kind: "refused", status: 400, message: /page ?token/i, means: "UNAVAILABLE", retryable: true },
  { kind: "refused", status: 401, means: "UNAUTHENTICATED" },
  { kind: "refused", status: 403, reason: /RateLimitExceeded$/i, means: "RATE_LIMITED", retryable: true },
  { kind: "refused", status: 403, reason: /^quotaExceeded$/, means: "NO_SPACE" },
  { kind: "refused", status: 403, reason: /^RequestTimeTooSkewed$/, means: "UNAUTHENTICATED" },
  { kind: "refused", status: 403, means: "PERMISSION_DENIED" },
  { kind: "refused", status: 404, message: /bucket does not exist/i, means: "BUCKET_NOT_FOUND" },
  { kind: "refused", status: 404, reason: /^notFound$/, means: "NOT_FOUND" },
  { kind: "refused", status: 404, message: /^No such object/, means: "NOT_FOUND" },
  { kind: "refused", status: 408, means: "TIMEOUT", retryable: true },
  { kind: "refused", status: 409, means: "UNAVAILABLE", retryable: true },
  { kind: "refused", status: 412, means: "ALREADY_EXISTS" },
  { kind: "refused", status: 413, means: "INVALID_ARGUMENT" },
  { kind: "refused", status: 416, means: "RANGE_NOT_SATISFIABLE" },
  { kind: "refused", status: 429, means: "RATE_LIMITED", retryable: true },
  { kind: "refused", status: 501, means: "UNSUPPORTED" },
  { kind: "refused", status: 507, means: "NO_SPACE" },
];

const FINAL_KINDS: ReadonlySet<GcsErrorKind> = new Set(["corrupt", "changed", "upload-lost"]);

const UNKNOWN: Classification = { code: "INTERNAL", retryable: false };

/** Says what an error of this driver or of the SDK means. Knows `GcsError`s, aborts, and anything with a `status`. */
export function classifyGcsError(error: unknown): Classification {
  if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
  if (!(error instanceof Error)) return UNKNOWN;
  if (error.name === "AbortError") return { code: "ABORTED", retryable: false };
  const known = error instanceof GcsError ? error : fromSdk(error);
  if (!known) return UNKNOWN;
  const rule = RULES.find((candidate) => fits(candidate, known));
  if (rule) return { code: rule.means, retryable: rule.retryable ?? false };
  return isServerFault(known) ? { code: "UNAVAILABLE", retryable: true } : redirectOrUnknown(known);
}

/** Whether the same request may be sent again at once. Some failures can only be mended by a whole new call. */
export function isTransient(error: unknown): boolean {
  const isFinal = error instanceof GcsError && (FINAL_KINDS.has(error.kind) || error.status === 400);
  return !isFinal && classifyGcsError(error).retryable;
}

function fits(rule: Rule, error: GcsError): boolean {
  if (rule.kind !== error.kind) return false;
  if (rule.status !== undefined && rule.status !== error.status) return false;
  if (rule.reason && !rule.reason.test(error.reason ?? "")) return false;
  if (rule.code && !rule.code.test(error.code ?? "")) return false;
  return !rule.message || rule.message.test(error.message);
}

function isServerFault({ status = 0 }: GcsError): boolean {
  return status >= 500;
}

function redirectOrUnknown({ status = 0 }: GcsError): Classification {
  return status >= 300 && status < 400 ? { code: "CONFIG_INVALID", retryable: false } : UNKNOWN;
}

/** The SDK's errors carry the status as `status` or as a numeric `code`. */
function fromSdk(error: Error): GcsError | undefined {
  const { status, code } = error as { status?: unknown; code?: unknown };
  const number = Number(status ?? code);
  return number >= 300 && number < 600 ? new GcsError("refused", error.message, { status: number }) : undefined;
}
