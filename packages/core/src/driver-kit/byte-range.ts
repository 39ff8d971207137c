import type { ReadRangeOptions } from "../filesystem/driver.ts";
import { assertSatisfiable } from "../filesystem/read-range.ts";

type Range = ReadRangeOptions["range"];

/**
 * Where the bytes that `read` is asked for begin and end, `end` exclusive, in an object of `size` bytes. All of them without a
 * range. `RANGE_NOT_SATISFIABLE` for a range that starts at or behind the end.
 */
export function rangeWithin(range: Range, size: number): { readonly start: number; readonly end: number } {
  if (range) assertSatisfiable(range, size);
  return { start: range?.start ?? 0, end: Math.min(range?.end ?? size, size) };
}

/** The header `Range` of a request (RFC 9110, 14.2): "bytes=0-4" for the first five. Nothing for the whole object. */
export function rangeHeader(range: Range): string | undefined {
  if (!range) return undefined;
  return range.end === undefined ? `bytes=${range.start}-` : `bytes=${range.start}-${range.end - 1}`;
}

/**
 * The size of the whole object by the header `Content-Range` of an answer (RFC 9110, 14.4): 10 by "bytes 0-4/10". Nothing unless
 * the bytes that come are those that were asked for: some services ignore a range.
 */
export function sizeByContentRange(header: string | undefined, range: NonNullable<Range>): number | undefined {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? "")?.map(Number) ?? [];
  if (size === undefined || first !== range.start) return undefined;
  return last === Math.min(range.end ?? size, size) - 1 ? size : undefined;
}
