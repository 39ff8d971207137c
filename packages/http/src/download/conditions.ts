import type { FileInfo } from "@stowage/core";
import { type ByteRange, parseRange } from "./byte-range.ts";
import { entityTag, namesTag } from "./entity-tag.ts";

/** Says whether the client has this version already: `If-None-Match`, or without it `If-Modified-Since`. */
export function isUnchanged(headers: Headers, info: FileInfo): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) return namesTag(tags, entityTag(info));
  const since = Date.parse(headers.get("if-modified-since") ?? "");
  return !Number.isNaN(since) && wholeSeconds(info.modifiedAt) <= since;
}

/** The part of this version that a GET asks for. With an `If-Range` that means another version, all of it. */
export function requestedRange(headers: Headers, info: FileInfo): ByteRange | "whole" | "unsatisfiable" {
  const condition = headers.get("if-range");
  if (condition !== null && !meansThisVersion(condition, info)) return "whole";
  return parseRange(headers.get("range"), info.size);
}

/** Dates count to the second, so only a strong tag can be trusted; a date counts if it is exactly ours (RFC 9110, 13.1.5). */
function meansThisVersion(condition: string, info: FileInfo): boolean {
  const isTag = condition.includes('"');
  return isTag ? condition.trim() === entityTag(info) : Date.parse(condition) === wholeSeconds(info.modifiedAt);
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000) * 1_000;
}
