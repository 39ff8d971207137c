import type { Stats } from "node:fs";
import { StowageError } from "../errors.ts";
import type { SourceEntry } from "./walk-directory.ts";

/** How often a file that changes is read. */
export const READ_ATTEMPTS = 2;

export type SourceChange = "none" | "grew" | "changed";

/** Says whether a file stayed as it was while it was read: before, the bytes that came, and after. */
export function sourceChange(before: Stats, bytesRead: number, after: Stats): SourceChange {
  const isWhole = bytesRead === before.size;
  if (isWhole && after.size === before.size && after.mtimeMs === before.mtimeMs) return "none";
  return isWhole && after.size > before.size ? "grew" : "changed";
}

/**
 * Decides about one reading of a file: whether it is kept. The last reading of a file that only grew, such as a log, is kept up
 * to the size that it was opened with. A file that changed otherwise on every reading is `SOURCE_CHANGED`.
 */
export function isKept(change: SourceChange, attempt: number, { name }: SourceEntry): boolean {
  if (change === "none") return true;
  if (attempt < READ_ATTEMPTS) return false;
  if (change === "grew") return true;
  throw new StowageError("SOURCE_CHANGED", `${JSON.stringify(name)} changed each time it was read`);
}
