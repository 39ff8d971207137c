import { ApiError } from "./api-error.ts";
import { MESSAGES } from "./documented-messages.ts";

/** The path of a request as it was sent: of a `Request`, or of a request of Node's, whose URL starts with its path. */
export function sentPath(url: string): string {
  if (url.startsWith("/")) return url.replace(/[?#].*$/s, "");
  return URL.canParse(url) ? new URL(url).pathname : "";
}

/** Takes the base path off a URL's path. Undefined for a path that is not below it. */
export function pathBelow(basePath: string, pathname: string): string | undefined {
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : undefined;
}

/**
 * Decodes a segment of a path, once. Throws 400 for what is not percent-encoded UTF-8, overlong forms included. What comes
 * out is any string: only core says whether it is a key.
 */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError(400, MESSAGES.invalid);
  }
}
