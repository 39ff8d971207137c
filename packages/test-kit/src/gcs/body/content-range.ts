import { invalid } from "../gcs-reply-error.ts";

/** A `Content-Range` of an upload. `end` is exclusive here; what the header leaves open is absent. */
export interface ContentRange {
  readonly start?: number;
  readonly end?: number;
  readonly total?: number;
}

/** Understands `bytes 0-9/10`, `bytes 0-9/*`, `bytes 0-*\/*` and the status queries. No header means the whole object. */
export function parseContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { start: 0 };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header);
  if (!match) throw invalid(`Failed to parse Content-Range header: ${header}`);
  const [, start, last, total] = match;
  return {
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(last === undefined || last === "*" ? {} : { end: Number(last) + 1 }),
    ...(total === "*" ? {} : { total: Number(total) }),
  };
}

/** Parses the `Range` of a download against an object of `size` bytes. Nothing for the whole; "none" if it misses the object. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "none" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  return start < end ? { start, end } : "none";
}
