import type { BackupsHandlerOptions } from "./handler-options.ts";

type Cors = BackupsHandlerOptions["cors"];

const EXPOSED = "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Retry-After, X-Error-Id";
const REQUEST_HEADERS =
  "Accept, Accept-Language, Authorization, Content-Language, Content-Type, If-None-Match, If-Range, Range";
const MAX_ASKED_LENGTH = 1024;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Answers a browser that asks whether a page may send a request. Undefined for any other request, and without CORS. */
export function preflight(request: Request, cors: Cors): Response | undefined {
  if (!cors || request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return undefined;
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, HEAD, POST, DELETE",
      "access-control-allow-headers": allowedHeaders(request.headers.get("access-control-request-headers")),
      "access-control-max-age": "86400",
      vary: "Access-Control-Request-Headers",
    },
  });
}

/** Lets a page of a listed origin read the answer. No credentials: there are no cookies, and a page sets the token itself. */
export function withCors(response: Response, request: Request, cors: Cors): Response {
  if (!cors) return response;
  const { headers } = response;
  const origin = request.headers.get("origin");
  const isAny = cors.origins.includes("*");
  if (!isAny) headers.append("vary", "Origin");
  if (origin === null || !(isAny || cors.origins.includes(origin))) return response;
  headers.set("access-control-allow-origin", isAny ? "*" : origin);
  headers.set("access-control-expose-headers", EXPOSED);
  return response;
}

/** The headers that the page asks for: any, because none but `Authorization` says who it is. The usual ones if it asks for none. */
function allowedHeaders(asked: string | null): string {
  if (asked === null || asked.length > MAX_ASKED_LENGTH) return REQUEST_HEADERS;
  const names = asked.split(",").map((name) => name.trim());
  return names.every((name) => HEADER_NAME.test(name)) ? names.join(", ") : REQUEST_HEADERS;
}
