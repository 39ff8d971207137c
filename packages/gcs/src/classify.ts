import { classifyByRules, type ErrorRule, HTTP_FAILURES, NETWORK_FAILURES } from "@stowage/core/driver";
import { GcsError, type GcsErrorKind, PROXY, REQUESTER_PAYS } from "./gcs-error.ts";

type GcsFacts = Pick<GcsError, "kind" | "status" | "reason" | "code" | "message">;

/**
 * What a failure means, the first rule that fits. Statuses and reasons:
 * https://cloud.google.com/storage/docs/json_api/v1/status-codes.
 */
const RULES: readonly ErrorRule<GcsFacts>[] = [
  { when: { kind: "idle" }, means: "TIMEOUT" },
  { when: { kind: ["malformed", "changed", "upload-lost"] }, means: "UNAVAILABLE" },
  { when: { kind: "corrupt" }, means: "CHECKSUM_MISMATCH", retryable: true },
  { when: { kind: "credentials" }, means: "UNAUTHENTICATED" },
  ...NETWORK_FAILURES,
  { when: { kind: "network" }, means: "UNAVAILABLE" },
  { when: { status: 400, message: /doesn't match calculated/ }, means: "CHECKSUM_MISMATCH", retryable: true },
  { when: { status: 400, message: /page ?token/i }, means: "UNAVAILABLE" },
  { when: { status: 400, message: REQUESTER_PAYS }, means: "CONFIG_INVALID" },
  { when: { status: 403, reason: /RateLimitExceeded$/i }, means: "RATE_LIMITED" },
  { when: { status: 403, reason: "quotaExceeded" }, means: "NO_SPACE" },
  { when: { status: 403, reason: "RequestTimeTooSkewed" }, means: "UNAUTHENTICATED" },
  { when: { status: 404, message: /bucket does not exist/i }, means: "BUCKET_NOT_FOUND" },
  { when: { status: 404, reason: "notFound" }, means: "NOT_FOUND" },
  { when: { status: 404, message: /^No such object/ }, means: "NOT_FOUND" },
  { when: { status: 409 }, means: "UNAVAILABLE" },
  { when: { status: [413, 417], reason: PROXY }, means: "CONFIG_INVALID" },
  { when: { status: 413 }, means: "INVALID_ARGUMENT" },
  ...HTTP_FAILURES,
];

const FINAL_KINDS: ReadonlySet<GcsErrorKind> = new Set(["corrupt", "changed", "upload-lost"]);

/** Says what an error of this driver or of the SDK means. Knows `GcsError`s, aborts, and anything with a `status`. Pure. */
export const classify = classifyByRules(RULES, (error) => (error instanceof GcsError ? error : fromSdk(error)));

/** Whether the same request may be sent again at once. Some failures can only be mended by a whole new call. */
export function isTransient(error: unknown): boolean {
  const isFinal = error instanceof GcsError && (FINAL_KINDS.has(error.kind) || error.status === 400);
  return !isFinal && classify(error).retryable;
}

/** The SDK's errors carry the status as `status` or as a numeric `code`. */
function fromSdk(error: Error): GcsError | undefined {
  const { status, code } = error as { status?: unknown; code?: unknown };
  const number = Number(status ?? code);
  return number >= 300 && number < 600 ? new GcsError("refused", error.message, { status: number }) : undefined;
}
