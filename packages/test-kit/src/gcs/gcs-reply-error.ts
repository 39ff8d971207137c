/** A refusal that the server sends in the error shape of the JSON API. */
export class GcsReplyError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  /** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
  toJSON(): unknown {
    const { status: code, reason, message } = this;
    return { error: { code, message, errors: [{ message, domain: "global", reason }] } };
  }
}

export function missingBucket(): GcsReplyError {
  return new GcsReplyError(404, "notFound", "The specified bucket does not exist.");
}

export function missingObject(bucket: string, name: string): GcsReplyError {
  return new GcsReplyError(404, "notFound", `No such object: ${bucket}/${name}`);
}

export function invalid(message: string): GcsReplyError {
  return new GcsReplyError(400, "invalid", message);
}
