import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import { noContent } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";

const ANSWERS: ErrorAnswers = {
  NOT_FOUND: () => new ApiError(400, MESSAGES.deleteMissing),
  INVALID_KEY: () => new ApiError(400, MESSAGES.deleteMissing),
  PERMISSION_DENIED: (error) => {
    if (error.reason !== "retained") return new ApiError(400, MESSAGES.invalid, { cause: error });
    return new ApiError(400, `C${error.message.slice(1)}.`); // "Cannot delete …", and until when
  },
};

/** `DELETE /api/backups/{key}`. */
export async function deleteBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  await answering(ANSWERS, () => context.manager.delete(context.key));
  return noContent();
}
