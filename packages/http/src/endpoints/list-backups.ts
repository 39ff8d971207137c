import type { BackupInfo } from "@stowage/core";
import { assertViewer } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering } from "../error-answer.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { wireDate } from "../wire-date.ts";

/** `GET /api/backups`: the backups, newest first. */
export async function listBackups(context: RequestContext): Promise<Response> {
  await assertViewer(context, MESSAGES.adminsOnly);
  const { manager, request, url } = context;
  const unavailable = { otherwise: MESSAGES.noBackups };
  const backups = await answering(unavailable, () => manager.list({ signal: request.signal }));
  return jsonResponse(backups.map(wireForm), url);
}

function wireForm({ key, modifiedAt, size }: BackupInfo): object {
  return { key, modified: wireDate(modifiedAt), size };
}
