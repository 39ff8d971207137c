import type { BackupManager, StowageError } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { shownOf } from "./wire-plan.ts";

const missing = () => new ApiError(404, MESSAGES.notFound);

const ANSWERS: ErrorAnswers = {
  NOT_FOUND: missing,
  INVALID_KEY: missing,
  INVALID_ARCHIVE: damaged,
  otherwise: MESSAGES.verifyFailed,
};

/** One takes all processors for as long as it reads. */
const verifying = new WeakSet<BackupManager>();

/**
 * `POST /api/backups/{key}/verify`: answers when every byte was read, with what a restore would not bring back. One at a time; a client
 * that leaves ends it.
 */
export async function verifyBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, key, request, url } = context;
  if (verifying.has(manager)) throw new ApiError(400, MESSAGES.busy);
  verifying.add(manager);
  try {
    const { signal } = request;
    const { entries, size, skipped, warnings } = await answering(ANSWERS, () => manager.verify(key, { signal }));
    return jsonResponse({ entries, size, ...shownOf("skipped", skipped), ...shownOf("warnings", warnings) }, url);
  } finally {
    verifying.delete(manager);
  }
}

/** Which rule it breaks is a word; a message may hold more. */
function damaged({ reason = "damaged" }: StowageError): ApiError {
  return new ApiError(400, MESSAGES.verifyFailed, {
    data: { key: { code: reason, message: MESSAGES.restoreMissing } },
  });
}
