/** Makes an answer that nobody keeps: lists and states are of the moment, and for admins. */
export function jsonResponse(body: unknown): Response {
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}

/** The answer of what changed something. */
export function noContent(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
