import { ApiError } from "./api-error.ts";
import { MESSAGES } from "./documented-messages.ts";
import { withSecurityHeaders } from "./security-headers.ts";

/** Makes the answer to what is no request that a handler could be asked. */
export function refusedRequest(status: number, message: string = MESSAGES.invalid): Response {
  return withSecurityHeaders(new ApiError(status, message).toResponse());
}
