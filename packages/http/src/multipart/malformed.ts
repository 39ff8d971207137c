import { ApiError } from "../api-error.ts";
import { MESSAGES } from "../documented-messages.ts";

/** Makes the refusal of a body that is no form, is cut off, or holds more than one file. */
export function malformed(cause?: unknown): ApiError {
  return new ApiError(400, MESSAGES.invalid, { cause });
}
