import type { StowageError } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { MESSAGES } from "../documented-messages.ts";
import type { ErrorAnswers } from "../error-answer.ts";

const missing = () => new ApiError(404, MESSAGES.notFound);

/** What is said of an archive that was read as a whole. */
export const CHECK_ANSWERS: ErrorAnswers = {
  NOT_FOUND: missing,
  INVALID_KEY: missing,
  INVALID_ARCHIVE: damaged,
  otherwise: MESSAGES.verifyFailed,
};

/** Which rule it breaks is a word; a message may hold more. */
function damaged({ reason = "damaged" }: StowageError): ApiError {
  return new ApiError(400, MESSAGES.verifyFailed, {
    data: { key: { code: reason, message: MESSAGES.restoreMissing } },
  });
}
