import { proxyPage } from "@stowage/core/driver";

/** What went wrong with one request, without the request: no headers, no signature, no token. */
export class S3Error extends Error {
  /** Node's code of a network error, such as "ECONNRESET". */
  readonly code: string | undefined;
  readonly $metadata: { readonly httpStatusCode: number | undefined; readonly requestId: string | undefined };

  constructor(name: string, message: string, details: { code?: string; status?: number; requestId?: string } = {}) {
    super(message);
    this.name = name;
    this.code = details.code;
    this.$metadata = { httpStatusCode: details.status, requestId: details.requestId };
  }
}

/** What services call the refusal to change an object under a retention, where they have a code of their own for it. */
export const LOCKED_NAMES = /^(ObjectLocked|FileImmutable)$/;
/** What else they say: "Access Denied because object protected by object lock.", "Object is WORM protected and cannot be overwritten". */
export const LOCKED_MESSAGE = /protected by object lock|WORM[- ]protected/i;

/** What a bucket says that cannot lock, and one that locks and wants more. */
export const WITHOUT_LOCK = /missing Object ?Lock ?Configuration/i;
export const WITHOUT_DIGEST = /is required for Put (Object|Part) requests with Object Lock/i;

/** What to do about an answer that does not say it. */
const ADVICE: readonly (readonly [message: RegExp, advice: string])[] = [
  [WITHOUT_LOCK, "enable object lock for the bucket (with versions), or leave objectLock out"],
  [WITHOUT_DIGEST, 'the bucket retains what it stores: set objectLock too, or leave checksums: "when-required" out'],
];

/** An answer that lacks what it must hold, such as a success without an ETag. */
export function incompleteReply(what: string): S3Error {
  return new S3Error("IncompleteReply", `the storage answered without ${what}`);
}

/** Whether the object is under a retention: in the words of AWS and versitygw, of MinIO, and of services that have a code for it. */
export function isRefusedByLock(error: unknown): boolean {
  return error instanceof S3Error && (LOCKED_NAMES.test(error.name) || LOCKED_MESSAGE.test(error.message));
}

/** Whether the multipart upload is gone. Another upload may well succeed, but no request to this one will. */
export function isNoSuchUpload(error: unknown): boolean {
  return error instanceof S3Error && error.name === "NoSuchUpload";
}

/** Whether the SDK has learned from an answer how far the clock of this host is off, and signs by the service's from now on. */
export function isClockCorrected(error: unknown): boolean {
  return fieldsOf(fieldsOf(error).$metadata).clockSkewCorrected === true;
}

/**
 * Keeps name, message, code and status of an SDK error and drops the rest. The SDK hangs the whole response on it, and with
 * `SignatureDoesNotMatch` also the canonical request, which holds the session token.
 */
export function bareError(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  const { name, message, code, $metadata, errors } = fieldsOf(error);
  const first = Array.isArray(errors) ? fieldsOf(errors[0]) : {}; // one per address that was tried
  const told = proxyMessage(error) ?? advised(firstLine(text(message) || text(first.message) || "no message"));
  return new S3Error(text(name) ?? "Error", told, {
    ...optional("code", text(code) ?? text(first.code)),
    ...optional("status", number(fieldsOf($metadata).httpStatusCode)),
    ...optional("requestId", text(fieldsOf($metadata).requestId)),
  });
}

function advised(message: string): string {
  const advice = ADVICE.find(([said]) => said.test(message))?.[1];
  return advice === undefined ? message : `${message}: ${advice}`;
}

/** Says which answer came where it is a page for people: nothing of S3 answers with HTML. */
function proxyMessage(error: unknown): string | undefined {
  const { statusCode, headers } = fieldsOf(fieldsOf(error).$response);
  const type = text(fieldsOf(headers)["content-type"]);
  const status = number(statusCode);
  if (status === undefined || !type?.startsWith("text/html")) return undefined;
  return proxyPage(status, { service: "S3", sizeOption: "partSize" });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Later lines tell where to find the response that was dropped here. */
function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [name in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [name in Name]?: Value };
}
