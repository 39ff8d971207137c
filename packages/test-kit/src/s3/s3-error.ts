/** An answer other than success. `code` is what AWS calls it. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string = code, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function noSuchBucket(): S3Error {
  return new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
}

export function noSuchKey(): S3Error {
  return new S3Error(404, "NoSuchKey", "The specified key does not exist.");
}

export function noSuchUpload(): S3Error {
  return new S3Error(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. It may have been aborted or completed.",
  );
}

export function preconditionFailed(): S3Error {
  return new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
}
