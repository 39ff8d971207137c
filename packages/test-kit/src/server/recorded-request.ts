import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** What a test may want to know of a request that came in. */
export interface RecordedRequest {
  readonly method: string;
  /** The path, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export function recordRequest({ method = "", url = "/", headers }: IncomingMessage): RecordedRequest {
  const cut = url.indexOf("?");
  const path = cut < 0 ? url : url.slice(0, cut);
  return { method, path, query: new URLSearchParams(cut < 0 ? "" : url.slice(cut)), headers };
}
