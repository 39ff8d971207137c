import type { ErrorCode } from "@stowage/core";
import {
  answerWith,
  drip,
  type Fault,
  flipBit,
  flipRequestBit,
  hang,
  hangMidBody,
  loseReply,
  resetBeforeHeaders,
  resetMidBody,
  rewriteBody,
  truncateBody,
} from "@stowage/test-kit";

export type Operation =
  | "write single"
  | "create single"
  | "write: start"
  | "write: chunk"
  | "write: finish"
  | "create: finish"
  | "read"
  | "list"
  | "stat"
  | "delete";

export const OPERATIONS: readonly Operation[] = [
  ...(["write single", "create single", "write: start", "write: chunk", "write: finish", "create: finish"] as const),
  ...(["read", "list", "stat", "delete"] as const),
];

export interface MatrixFault {
  readonly fault: Fault;
  /** What a call fails with that meets the fault too often. Absent for faults that do no harm. */
  readonly code?: ErrorCode;
  /** Whether the request is sent again. Otherwise the first fault fails the call. */
  readonly isRetried: boolean;
  /** Whether the server does what it was asked to, and only the answer is lost: a write has happened all the same. */
  readonly commits?: true;
  /** The operations that it can strike. All when left out. */
  readonly strikes?: readonly Operation[];
}

const UPLOADS = OPERATIONS.filter((operation) => /write|create/.test(operation));
const WITH_BODY = OPERATIONS.filter((operation) => operation !== "delete" && operation !== "write: start");
const WITH_CONTENT: readonly Operation[] = [
  "write single",
  "create single",
  "write: chunk",
  "write: finish",
  "create: finish",
];

/** The operations whose request makes the object. */
export const COMMITS: readonly Operation[] = WITH_CONTENT.filter((operation) => operation !== "write: chunk");

function refused(
  status: number,
  code: ErrorCode,
  options: { isRetried?: true; reason?: string; message?: string } = {},
): MatrixFault {
  const { isRetried = false, reason = "injected", message = "injected" } = options;
  const body = JSON.stringify({ error: { code: status, message, errors: [{ reason, message, domain: "global" }] } });
  return { fault: answerWith(status, body, { "content-type": "application/json" }), code, isRetried };
}

/** A token of the test server that leads to the first page. */
const FIRST_PAGE = Buffer.from("v1:").toString("base64url");

/** The rules: what each fault comes to, whatever it strikes. */
export const FAULTS: Readonly<Record<string, MatrixFault>> = {
  "408": refused(408, "TIMEOUT", { isRetried: true }),
  "409 conflict": refused(409, "UNAVAILABLE", { isRetried: true, reason: "conflict" }),
  "429": refused(429, "RATE_LIMITED", { isRetried: true, reason: "rateLimitExceeded" }),
  "500": refused(500, "UNAVAILABLE", { isRetried: true, reason: "internalError" }),
  "502": { fault: answerWith(502, "<html>Bad Gateway</html>"), code: "UNAVAILABLE", isRetried: true },
  "503": refused(503, "UNAVAILABLE", { isRetried: true, reason: "backendError" }),
  "403 slow down": refused(403, "RATE_LIMITED", { isRetried: true, reason: "userRateLimitExceeded" }),
  "200 with an error": {
    fault: answerWith(200, JSON.stringify({ error: { code: 503, message: "injected" } })),
    code: "UNAVAILABLE",
    isRetried: true,
    strikes: ["write single", "create single", "write: finish", "create: finish", "list", "stat"],
  },
  "reset before headers": { fault: resetBeforeHeaders(), code: "UNAVAILABLE", isRetried: true },
  "reset mid-body": { fault: resetMidBody(300), code: "UNAVAILABLE", isRetried: true, commits: true },
  "truncated body": {
    fault: truncateBody(300),
    code: "UNAVAILABLE",
    isRetried: true,
    commits: true,
    strikes: WITH_BODY.filter((operation) => operation !== "write: chunk"),
  },
  "lost reply": { fault: loseReply(), code: "UNAVAILABLE", isRetried: true, commits: true },
  hang: { fault: hang(), code: "TIMEOUT", isRetried: true },
  "hang mid-body": { fault: hangMidBody(300), code: "TIMEOUT", isRetried: true, commits: true },
  drip: { fault: drip(400, 1), isRetried: true, strikes: WITH_BODY },
  "flipped bit, down": { fault: flipBit(700), code: "CHECKSUM_MISMATCH", isRetried: false, strikes: ["read"] },
  "flipped bit, up": {
    fault: flipRequestBit(1_000),
    code: "CHECKSUM_MISMATCH",
    isRetried: false,
    strikes: WITH_CONTENT,
  },
  "302 redirect": {
    fault: answerWith(302, "", { location: "http://127.0.0.1:1/" }),
    code: "CONFIG_INVALID",
    isRetried: false,
  },
  "400": refused(400, "INTERNAL"),
  "401": refused(401, "UNAUTHENTICATED", { reason: "authError" }),
  "403": refused(403, "PERMISSION_DENIED", { reason: "forbidden" }),
  "403 clock skew": refused(403, "UNAUTHENTICATED", { reason: "RequestTimeTooSkewed" }),
  "404 bucket": refused(404, "BUCKET_NOT_FOUND", {
    reason: "notFound",
    message: "The specified bucket does not exist.",
  }),
  "410 upload gone": { ...refused(410, "UNAVAILABLE"), strikes: ["write: chunk", "write: finish", "create: finish"] },
  "412": { ...refused(412, "ALREADY_EXISTS", { reason: "conditionNotMet" }), strikes: UPLOADS },
  "501": refused(501, "UNSUPPORTED"),
  "stale token": { ...refused(400, "UNAVAILABLE", { message: "Invalid page token." }), strikes: ["list"] },
  "repeated token": {
    fault: rewriteBody((body) => JSON.stringify({ ...JSON.parse(body), nextPageToken: FIRST_PAGE })),
    code: "INTERNAL",
    isRetried: false,
    strikes: ["list"],
  },
};
