import type { BackupInfo } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering } from "../error-answer.ts";
import { pickFields } from "../fields/pick-fields.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { wireDate } from "../wire-date.ts";

/** `GET /api/backups`: the backups, newest first. */
export async function listBackups(context: RequestContext): Promise<Response> {
  await assertAdmin(context, MESSAGES.adminsOnly);
  const { manager, request, url } = context;
  const unavailable = { otherwise: MESSAGES.noBackups };
  const backups = await answering(unavailable, () => manager.list({ signal: request.signal }));
  const fields = url.searchParams.get("fields") ?? "";
  const picked = pickFields(backups.map(wireForm), fields);
  if (picked === undefined) throw new ApiError(400, MESSAGES.invalid);
  return jsonResponse(picked);
}

function wireForm({ key, modifiedAt, size }: BackupInfo): object {
  return { key, modified: wireDate(modifiedAt), size };
}
