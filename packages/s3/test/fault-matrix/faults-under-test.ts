import type { ErrorCode } from "@stowage/core";
import {
  answerWith,
  drip,
  type Fault,
  flipBit,
  flipRequestBit,
  hang,
  loseReply,
  resetBeforeHeaders,
  resetMidBody,
  rewriteBody,
  truncateBody,
} from "@stowage/test-kit";

/** What a fault means, from which follows what a driver must do about it. */
export interface FaultUnderTest {
  readonly name: string;
  readonly fault: Fault;
  /** "passing": tried again. "final": surfaced at once. "harmless": not noticed. */
  readonly nature: "passing" | "final" | "harmless";
  /** What it is surfaced as. */
  readonly code?: ErrorCode;
  /** What it is surfaced as where the answer has no body to tell the reason. */
  readonly codeWithoutBody?: ErrorCode;
  /** Whether the server does what the request asks for. */
  readonly takesEffect?: boolean;
  /** Whether it strikes the body of the answer, so that an answer without one is not struck. */
  readonly needsBody?: boolean;
  /** The operations it makes sense for. All when left out. */
  readonly only?: readonly string[];
}

const WRITES = ["write single", "write part", "write complete"];

export const FAULTS: readonly FaultUnderTest[] = [
  { ...answer(500, "InternalError"), nature: "passing", code: "UNAVAILABLE" },
  { ...answer(502, "BadGateway"), nature: "passing", code: "UNAVAILABLE" },
  { ...answer(503, "SlowDown"), nature: "passing", code: "RATE_LIMITED", codeWithoutBody: "UNAVAILABLE" },
  { ...answer(429, "TooManyRequests"), nature: "passing", code: "RATE_LIMITED" },
  { ...answer(408, "RequestTimeout"), nature: "passing", code: "TIMEOUT" },
  { ...answer(409, "ConditionalRequestConflict"), nature: "passing", code: "UNAVAILABLE" },
  { ...answer(200, "InternalError"), nature: "passing", code: "UNAVAILABLE" },
  { ...answer(403, "RequestTimeTooSkewed"), nature: "final", code: "UNAUTHENTICATED" },
  { ...answer(404, "NoSuchBucket"), nature: "final", code: "BUCKET_NOT_FOUND" },
  { ...answer(412, "PreconditionFailed"), nature: "final", code: "ALREADY_EXISTS" },
  { ...answer(501, "NotImplemented"), nature: "final", code: "UNSUPPORTED" },
  { name: "reset before headers", fault: resetBeforeHeaders(), nature: "passing", code: "UNAVAILABLE" },
  { name: "reset mid-body", fault: resetMidBody(100), nature: "passing", code: "UNAVAILABLE", takesEffect: true },
  { name: "hang", fault: hang(), nature: "passing", code: "TIMEOUT" },
  { name: "drip", fault: drip(100, 1), nature: "harmless", takesEffect: true },
  {
    name: "truncated body",
    fault: truncateBody(100),
    nature: "passing",
    code: "UNAVAILABLE",
    takesEffect: true,
    needsBody: true,
  },
  { name: "lost reply", fault: loseReply(), nature: "passing", code: "UNAVAILABLE", takesEffect: true },
  { name: "flipped bit, sent", fault: flipRequestBit(7), nature: "final", code: "CHECKSUM_MISMATCH", only: WRITES },
  {
    name: "flipped bit, read",
    fault: flipBit(7),
    nature: "final",
    code: "CHECKSUM_MISMATCH",
    takesEffect: true,
    only: ["read"],
  },
  { name: "stale list token", ...answerOf(400, "InvalidArgument"), nature: "final", code: "INTERNAL", only: ["list"] },
  { name: "repeated list token", fault: rewriteBody(repeatToken), nature: "final", code: "INTERNAL", only: ["list"] },
];

function answer(status: number, code: string): Pick<FaultUnderTest, "name" | "fault"> {
  return { name: `${status} ${code}`, ...answerOf(status, code) };
}

function answerOf(status: number, code: string): Pick<FaultUnderTest, "fault"> {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>injected</Message></Error>`;
  return { fault: answerWith(status, body, { "content-type": "application/xml" }) };
}

/** Answers with the token that the request brought, so that the list never moves on. */
function repeatToken(body: string, { request }: Parameters<Fault>[0]): string {
  const token = new URL(request.url ?? "", "http://server").searchParams.get("continuation-token") ?? "";
  const repeated = `<NextContinuationToken>${token}</NextContinuationToken>`;
  return body
    .replace("<IsTruncated>false</IsTruncated>", `<IsTruncated>true</IsTruncated>${repeated}`)
    .replace(/<NextContinuationToken>[^<]*<\/NextContinuationToken>/, repeated);
}
