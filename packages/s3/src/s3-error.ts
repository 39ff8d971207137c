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

/** An answer that lacks what it must hold, such as a success without an ETag. */
export function incompleteReply(what: string): S3Error {
  return new S3Error("IncompleteReply", `the storage answered without ${what}`);
}

/** Whether the multipart upload is gone. Another upload may well succeed, but no request to this one will. */
export function isNoSuchUpload(error: unknown): boolean {
  return error instanceof S3Error && error.name === "NoSuchUpload";
}

/**
 * Keeps name, message, code and status of an SDK error and drops the rest. The SDK hangs the whole response on it, and with
 * `SignatureDoesNotMatch` also the canonical request, which holds the session token.
 */
export function bareError(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  const { name, message, code, $metadata, errors } = fieldsOf(error);
  const first = Array.isArray(errors) ? fieldsOf(errors[0]) : {}; // one per address that was tried
  return new S3Error(text(name) ?? "Error", firstLine(text(message) || text(first.message) || "no message"), {
    ...optional("code", text(code) ?? text(first.code)),
    ...optional("status", number(fieldsOf($metadata).httpStatusCode)),
    ...optional("requestId", text(fieldsOf($metadata).requestId)),
  });
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
