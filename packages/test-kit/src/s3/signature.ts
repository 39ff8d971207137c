import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { RecordedRequest } from "../server/recorded-request.ts";
import { S3Error } from "./s3-error.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  /** ISO 8601 basic: "20260102T030405Z". */
  readonly date: string;
  readonly payloadHash: string;
  /** For a presigned URL, its life in seconds. */
  readonly expires?: number;
}

const MAX_SKEW_MS = 15 * 60 * 1_000;

/**
 * Checks a Signature Version 4, in the header or in a presigned URL, and returns who signed and the payload's hash.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function verifySignature(
  request: RecordedRequest,
  { users, now }: { users: readonly Credentials[]; now: number },
): { user: Credentials; payloadHash: string; region: string } {
  const claim = request.query.has("X-Amz-Signature") ? claimOfUrl(request) : claimOfHeader(request);
  const user = users.find(({ accessKeyId }) => accessKeyId === claim.credential.split("/")[0]);
  if (!user) {
    throw new S3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  assertTimely(claim, now);
  assertComplete(request, claim);
  const expected = Buffer.from(sign(request, claim, user));
  const given = Buffer.from(claim.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw new S3Error(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
  return { user, payloadHash: claim.payloadHash, region: claim.credential.split("/")[2] ?? "" };
}

function claimOfHeader({ headers }: RecordedRequest): Claim {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = pattern.exec(headers.authorization ?? "") ?? [];
  const date = headers["x-amz-date"];
  const payloadHash = headers["x-amz-content-sha256"];
  if (!credential || !signedHeaders || !signature || typeof date !== "string" || typeof payloadHash !== "string") {
    throw new S3Error(403, "AccessDenied", "Access Denied");
  }
  return { credential, signedHeaders, signature, date, payloadHash };
}

function claimOfUrl({ query }: RecordedRequest): Claim {
  const field = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  const expires = Number(field("Expires"));
  if (!(expires >= 1 && expires <= 604_800))
    throw new S3Error(400, "AuthorizationQueryParametersError", "X-Amz-Expires");
  return {
    credential: field("Credential"),
    signedHeaders: field("SignedHeaders"),
    signature: field("Signature"),
    date: field("Date"),
    payloadHash: query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD",
    expires,
  };
}

function assertTimely({ date, expires }: Claim, now: number): void {
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(signedAt)) throw new S3Error(403, "AccessDenied", "Invalid date");
  const isExpired = expires !== undefined && now > signedAt + expires * 1_000;
  if (isExpired) throw new S3Error(403, "AccessDenied", "Request has expired");
  if (expires === undefined && Math.abs(now - signedAt) > MAX_SKEW_MS) {
    const message = "The difference between the request time and the current time is too large.";
    throw new S3Error(403, "RequestTimeTooSkewed", message);
  }
}

/** S3 wants the host and every header of its own to be signed. */
function assertComplete({ headers }: RecordedRequest, { signedHeaders }: Claim): void {
  const signed = new Set(signedHeaders.split(";"));
  const missing = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))].find(
    (name) => !signed.has(name),
  );
  if (missing)
    throw new S3Error(
      403,
      "AccessDenied",
      `There were headers present in the request which were not signed: ${missing}`,
    );
}

function sign(request: RecordedRequest, claim: Claim, { secretAccessKey }: Credentials): string {
  const scope = claim.credential.split("/").slice(1);
  const headerLines = claim.signedHeaders.split(";").map((name) => `${name}:${headerValue(request, name)}`);
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...headerLines,
    "",
    claim.signedHeaders,
    claim.payloadHash,
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const signingKey = scope.reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  return hmac(signingKey, ["AWS4-HMAC-SHA256", claim.date, scope.join("/"), hash].join("\n")).toString("hex");
}

function headerValue({ headers }: RecordedRequest, name: string): string {
  return String(headers[name] ?? "")
    .trim()
    .replace(/ +/g, " ");
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([name, value], [other, otherValue]) => (name === other ? order(value, otherValue) : order(name, other)))
    .map((pair) => pair.join("="))
    .join("&");
}

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function percentEncode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
