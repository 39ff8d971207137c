import { assertViewer } from "../authorize.ts";
import { answering } from "../error-answer.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { wireRecord } from "../status/wire-status.ts";

/** `GET /api/backups/history`: what operations were and how they ended, the newest first. */
export async function showHistory(context: RequestContext): Promise<Response> {
  await assertViewer(context);
  const records = await answering({}, () => context.manager.history());
  return jsonResponse(records.map(wireRecord), context.url);
}
