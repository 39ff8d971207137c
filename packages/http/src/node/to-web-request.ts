import type { IncomingMessage } from "node:http";
import type { RequestBody } from "./request-body.ts";

const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * Makes the web form of a request. Undefined for one that has none: a method or a URL that `Request` does not know.
 * The host is left out of the URL, because the client chose it.
 */
export function toWebRequest(
  incoming: IncomingMessage,
  { body, signal }: { body: RequestBody; signal: AbortSignal },
): Request | undefined {
  const { method = "GET", url = "/" } = incoming;
  const hasBody = body.isExpected && !BODILESS.has(method);
  try {
    return new Request(`http://localhost${url.startsWith("/") ? url : pathOf(url)}`, {
      method,
      headers: headersOf(incoming),
      signal,
      ...(hasBody && { body: body.stream(), duplex: "half" }),
    });
  } catch {
    return undefined;
  }
}

/** The path of a URL in absolute form, as proxies send it. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return headers;
}
