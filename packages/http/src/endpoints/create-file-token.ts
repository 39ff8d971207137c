import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";

/** `POST /api/files/token`: a short-lived token for the URL of a download. */
export async function createFileToken(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { auth, request, url } = context;
  if (!auth.createFileToken) throw new ApiError(404, MESSAGES.notFound);
  return jsonResponse({ token: await auth.createFileToken(request) }, url);
}
