import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { bodyFields } from "../body-fields.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering } from "../error-answer.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { CHECK_ANSWERS } from "./check-answers.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { shownOf } from "./wire-plan.ts";

/**
 * `POST /api/backups/drill`, with `key` or for the newest backup: answers when it was restored elsewhere, checked and removed. One at a time, and no
 * verification beside it; a client that leaves ends it.
 */
export async function drillBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, request, url } = context;
  const { key } = await bodyFields(request);
  if (key !== undefined && typeof key !== "string") throw new ApiError(400, MESSAGES.invalid);
  const { drillCheck: check } = context.options;
  const options = { signal: request.signal, check, ...(key !== undefined && { key }) };
  return oneAtATime(manager, async () => {
    const report = await answering(CHECK_ANSWERS, () => manager.drill(options));
    const { entries, size, skipped, warnings } = report;
    const lists = { ...shownOf("skipped", skipped), ...shownOf("warnings", warnings) };
    return jsonResponse({ key: report.key, entries, size, ...lists }, url);
  });
}
