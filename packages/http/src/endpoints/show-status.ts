import { assertViewer } from "../authorize.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";

/** `GET /api/backups/status`: what is running and how it ended before; with `Accept: text/event-stream`, whenever it changes. */
export async function showStatus(context: RequestContext): Promise<Response> {
  await assertViewer(context);
  const { request, streams, url } = context;
  const isFollowed = request.method === "GET" && acceptsEvents(request.headers.get("accept") ?? "");
  if (!isFollowed) return jsonResponse(streams.status(), url);
  const headers = { "cache-control": "no-store", "content-type": "text/event-stream", "x-accel-buffering": "no" };
  return new Response(streams.open(request.signal), { headers });
}

function acceptsEvents(accept: string): boolean {
  return accept.split(",").some((item) => item.split(";")[0]?.trim().toLowerCase() === "text/event-stream");
}
