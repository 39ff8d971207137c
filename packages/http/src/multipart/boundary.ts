import { parseParameters } from "./parameters.ts";

/** What a boundary is made of, quoted and as a token: 1–70 characters (RFC 2046, 5.1.1). */
const QUOTED = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
const PLAIN = /^[\w'+.-]{1,70}$/;

/**
 * Reads the boundary of a multipart form; other parameters, such as `charset`, are passed over. Undefined for any other content
 * type, and without exactly one boundary that is allowed.
 */
export function boundaryOf(contentType: string | null): string | undefined {
  const [type = ""] = (contentType ?? "").split(";", 1);
  if (!/^multipart\/form-data[ \t]*$/i.test(type)) return undefined;
  const boundary = parseParameters((contentType ?? "").slice(type.length))?.get("boundary");
  if (!boundary) return undefined;
  return (boundary.isQuoted ? QUOTED : PLAIN).test(boundary.value) ? boundary.value : undefined;
}
