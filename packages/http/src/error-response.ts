import { StowageError } from "@stowage/core";
import { ApiError } from "./api-error.ts";
import { MESSAGES } from "./documented-messages.ts";
import { type OnError, reportError } from "./error-report.ts";

/** nginx's status for a client that left. Nobody sees it. */
const CLIENT_CLOSED = 499;
/** The bodies of these are documented to the letter, so that the id is in a header only. */
const DOCUMENTED: ReadonlySet<string> = new Set([MESSAGES.noBackups, MESSAGES.noDownloads]);

/**
 * Makes the answer to whatever was thrown. What a client did wrong is said as it is; of all else only an id goes out, under
 * which `onError` is told the error itself: in the header `X-Error-Id` and in `data.error`.
 */
export function errorResponse(error: unknown, request: Request, onError: OnError | undefined): Response {
  if (error instanceof ApiError && !(error.cause instanceof StowageError)) return error.toResponse();
  if (request.signal.aborted) return new Response(null, { status: CLIENT_CLOSED });
  const isAnswered = error instanceof ApiError;
  const { status, message } = isAnswered ? error : { status: 500, message: MESSAGES.invalid };
  const id = reportError(isAnswered ? error.cause : error, request, onError);
  const data = { error: { code: "unexpected_error", message: `The log says more about ${id}.` } };
  const options = { headers: { "x-error-id": id }, ...(DOCUMENTED.has(message) ? {} : { data }) };
  return new ApiError(status, message, options).toResponse();
}
