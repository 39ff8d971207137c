import { proxyPage } from "@stowage/core/driver";

/** What failed, as far as it decides what the error means. */
export type GcsErrorKind =
  /** Google Cloud Storage refused: `status` and `reason` say why. */
  | "refused"
  /** The connection failed or broke: `code` is Node's. */
  | "network"
  /** No byte moved for the idle timeout. */
  | "idle"
  /** The answer is none of this service's, or was cut off. */
  | "malformed"
  /** The bytes are not those that were sent. */
  | "corrupt"
  /** No token can be had for the credentials. */
  | "credentials"
  /** The object was replaced or deleted while it was read. */
  | "changed"
  /** The service forgot an upload half-way. */
  | "upload-lost";

interface GcsErrorDetails {
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly code?: string | undefined;
}

/**
 * A failure of a request to Google Cloud Storage. Holds no request, no URL and no header: the SDK's own errors
 * carry all three, and with them tokens and session URLs that anybody could use.
 */
export class GcsError extends Error {
  readonly kind: GcsErrorKind;
  /** The HTTP status. */
  readonly status: number | undefined;
  /** The first `reason` of the answer, such as "notFound". */
  readonly reason: string | undefined;
  /** Node's code, such as "ECONNRESET". */
  readonly code: string | undefined;

  constructor(kind: GcsErrorKind, message: string, details: GcsErrorDetails = {}) {
    super(message);
    this.name = "GcsError";
    this.kind = kind;
    this.status = details.status;
    this.reason = details.reason;
    this.code = details.code;
  }
}

/** What a bucket says whose requesters pay, to a request that names no project (https://cloud.google.com/storage/docs/requester-pays). */
export const REQUESTER_PAYS = /requester pays bucket but no user project/i;

const MAX_MESSAGE_LENGTH = 300;

/** Whether a body is a page for people. Downloads are refused with plain text that calls itself HTML. */
export function isPage(body: string): boolean {
  return /^\s*<(!doctype html|html|head|body|title|center|h1)\b/i.test(body);
}

/** The error of a page for people: nothing of Google Cloud Storage answers with one. */
export function pageInstead(status: number): GcsError {
  const message = proxyPage(status, { service: "Google Cloud Storage", sizeOption: "chunkSize" });
  return new GcsError(status < 300 ? "malformed" : "refused", message, { status, reason: PROXY });
}

/** The `reason` of what a proxy answers in the service's place. */
export const PROXY = "proxy";

/** Makes the error of an answer with an error status: JSON from the API, plain text from a download, a page from a proxy. */
export function refusal(status: number, body: string, hint = ""): GcsError {
  if (isPage(body)) return pageInstead(status);
  const { message = body, errors } = parseErrorBody(body);
  const told = message.replace(/\s+/g, " ").trim().slice(0, MAX_MESSAGE_LENGTH) || "no message";
  const text = REQUESTER_PAYS.test(told) ? `${told.replace(/\.$/, "")}; set userProject` : told;
  return new GcsError("refused", `${text} (HTTP ${status})${hint}`, { status, reason: errors?.[0]?.reason });
}

interface ErrorBody {
  readonly code?: number;
  readonly message?: string;
  readonly errors?: readonly { readonly reason?: string }[];
}

/** The `error` of a JSON answer (https://cloud.google.com/storage/docs/json_api/v1/status-codes), or an empty object. */
export function parseErrorBody(body: string): ErrorBody {
  try {
    const { error } = JSON.parse(body) as { error?: ErrorBody };
    return typeof error === "object" && error !== null ? error : {};
  } catch {
    return {};
  }
}

/** Makes an error without the request's secrets of whatever the connection threw. */
export function networkError(error: unknown): GcsError {
  if (error instanceof GcsError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return new GcsError("network", `the connection failed: ${code ?? "no reason given"}`, { code });
}
