import { ApiError } from "./api-error.ts";
import { MESSAGES } from "./documented-messages.ts";
import { pickFields } from "./fields/pick-fields.ts";

/**
 * Makes an answer with the fields of a body that the `fields` in the URL of its request names. Nobody keeps it: lists and states
 * are of the moment, and for admins. Throws 400 for an expression that is none.
 */
export function jsonResponse(body: object, url: URL): Response {
  const picked = pickFields(body, url.searchParams.get("fields") ?? "");
  if (picked === undefined) throw new ApiError(400, MESSAGES.invalid);
  return Response.json(picked, { headers: { "cache-control": "no-store" } });
}

/** The answer of what changed something. */
export function noContent(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
