/** What is wrong with one field of a request. */
export interface FieldProblem {
  readonly code: string;
  readonly message: string;
}

/** An answer that tells a client what it did wrong. Its message goes out as it is, so it holds no path, host or secret. */
export class ApiError extends Error {
  readonly status: number;
  readonly data: Readonly<Record<string, FieldProblem>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: {
      data?: Readonly<Record<string, FieldProblem>>;
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "ApiError";
    this.status = status;
    this.data = options.data ?? {};
    this.headers = options.headers ?? {};
  }

  /** Makes the body that the API documents: `{ code, message, data }`, and `status` beside, which PocketBase writes from 0.23 on. */
  toResponse(): Response {
    const { status, message, data } = this;
    const body = { code: status, status, message, data };
    return Response.json(body, { status, headers: { ...this.headers, "cache-control": "no-store" } });
  }
}
