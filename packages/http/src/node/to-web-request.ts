import type { IncomingMessage } from "node:http";
import type { RequestBody } from "./request-body.ts";

const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

export interface WebRequestParts {
  readonly body: RequestBody;
  readonly signal: AbortSignal;
  readonly takesAbsoluteForm: boolean;
}

/**
 * Makes the web form of a request. The host is left out of the URL, because the client chose it.
 *
 * Undefined for one that has none: a method or a URL that `Request` does not know, and a path that the URL would write in
 * another way (`\`, `..`, `%2e%2e`, what must be percent-encoded): whatever guards the paths in front has judged this one. So is
 * the absolute form, unless nothing is in front (`takesAbsoluteForm`).
 */
export function toWebRequest(
  incoming: IncomingMessage,
  { body, signal, takesAbsoluteForm }: WebRequestParts,
): Request | undefined {
  const { method = "GET", url = "/" } = incoming;
  const hasBody = body.isExpected && !BODILESS.has(method);
  const target = takesAbsoluteForm ? targetOf(url) : url;
  try {
    const request = new Request(`http://localhost${target}`, {
      method,
      headers: headersOf(incoming),
      signal,
      ...(hasBody && { body: body.stream(), duplex: "half" }),
    });
    return new URL(request.url).pathname === pathOf(target) ? request : undefined;
  } catch {
    return undefined;
  }
}

/** The path and the query, as they were sent. A server has to take a URL in absolute form (RFC 9112, 3.2.2), of which the rest goes. */
function targetOf(url: string): string {
  const scheme = /^https?:\/\//i.exec(url)?.[0];
  if (scheme === undefined) return url;
  const authority = /^[^/?#]*/.exec(url.slice(scheme.length))?.[0] ?? "";
  const target = url.slice(scheme.length + authority.length);
  return target.startsWith("/") ? target : `/${target}`;
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return headers;
}
