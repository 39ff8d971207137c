/** A part of an object: `end` is exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SINGLE_RANGE = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/i;

/**
 * Reads a `Range` header (RFC 9110, 14.2). "whole" for what is to be ignored: another unit, several ranges, a malformed one,
 * and no header. "unsatisfiable" for a range behind the last byte.
 */
export function parseRange(header: string | null, size: number): ByteRange | "whole" | "unsatisfiable" {
  const match = SINGLE_RANGE.exec(header?.replaceAll(/[ \t]/g, "") ?? "");
  if (!match) return "whole";
  const [, first, last, suffix] = match;
  if (suffix !== undefined) return Number(suffix) === 0 ? "unsatisfiable" : within(size - Number(suffix), size, size);
  const end = last === undefined ? size : Number(last) + 1;
  return Number(first) >= end && last !== undefined ? "whole" : within(Number(first), end, size);
}

function within(start: number, end: number, size: number): ByteRange | "unsatisfiable" {
  return start >= size ? "unsatisfiable" : { start: Math.max(0, start), end: Math.min(end, size) };
}
