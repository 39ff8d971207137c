import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering } from "../error-answer.ts";
import { noContent } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";

/** `DELETE /api/backups/status/active`: ends what is running. 404 if nothing is. Too late once a restore replaces the data: the status tells. */
export async function cancelActive(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  await answering({ NOT_FOUND: () => new ApiError(404, MESSAGES.notFound) }, async () => context.manager.cancel());
  return noContent();
}
