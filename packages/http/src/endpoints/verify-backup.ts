import { assertAdmin } from "../authorize.ts";
import { answering } from "../error-answer.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { CHECK_ANSWERS } from "./check-answers.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { shownOf } from "./wire-plan.ts";

/**
 * `POST /api/backups/{key}/verify`: answers when every byte was read, with what a restore would not bring back. One at a time; a client
 * that leaves ends it.
 */
export async function verifyBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, key, request, url } = context;
  const { signal } = request;
  return oneAtATime(manager, async () => {
    const { entries, size, skipped, warnings } = await answering(CHECK_ANSWERS, () => manager.verify(key, { signal }));
    return jsonResponse({ entries, size, ...shownOf("skipped", skipped), ...shownOf("warnings", warnings) }, url);
  });
}
