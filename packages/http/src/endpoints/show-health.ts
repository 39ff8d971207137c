import { MESSAGES } from "../documented-messages.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";

/** `GET /api/health`: anybody may know that the API answers; only admins, whether a backup could start now. */
export async function showHealth({ auth, request, url, info, manager }: RequestContext): Promise<Response> {
  const isAdmin = (await auth.authenticate(request, info)) === "admin";
  const data = isAdmin ? { canBackup: manager.status().active === undefined } : {};
  return jsonResponse({ code: 200, message: MESSAGES.healthy, data }, url);
}
