import type { Stats } from "node:fs";
import { StowageError } from "../../errors.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import type { WalkedEntry } from "./walk-directory.ts";

/** How often a file that changes is read. */
export const READ_ATTEMPTS = 2;

export type FileChange = "none" | "grew" | "changed";

/** Says whether a file stayed as it was while it was read: before, the bytes that came, and after. */
export function changeOf(before: Stats, bytesRead: number, after: Stats): FileChange {
  const isWhole = bytesRead === before.size;
  if (isWhole && after.size === before.size && after.mtimeMs === before.mtimeMs) return "none";
  return isWhole && after.size > before.size ? "grew" : "changed";
}

/** What becomes of a file that changed each time it was read: an error, its last reading, or nothing of it. */
export type OnChanged = "fail" | "keep" | "skip";

/**
 * Decides about one reading of a file: whether it is kept, or made again. The last reading of a file that only grew, such as a log,
 * is kept up to the size that it was opened with. A file that changed otherwise on every reading is `SOURCE_CHANGED`, or by option
 * kept as it was read, or left out.
 */
export function verdictOn(
  change: FileChange,
  attempt: number,
  { entry, onChanged = "fail" }: { entry: WalkedEntry; onChanged: OnChanged | undefined },
): "keep" | "again" | SkippedEntry {
  if (change === "none") return "keep";
  if (attempt < READ_ATTEMPTS) return "again";
  if (change === "grew" || onChanged === "keep") return "keep";
  const { name } = entry;
  if (onChanged === "skip") return { name, reason: "unstable" };
  throw new StowageError(
    "SOURCE_CHANGED",
    `${JSON.stringify(name)} changed each time it was read; back it up while it is quiet, or set onChanged`,
  );
}
