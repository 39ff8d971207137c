import type { Disk } from "../../disk/disk.ts";
import { isMissing } from "../../disk/disk-steps.ts";
import { StowageError } from "../../errors.ts";
import type { SkippedEntry } from "../skipped-entry.ts";

const NAMES_SHOWN = 10;

/** Throws `CONFIG_INVALID` unless a directory lies there. */
export async function checkRoot(root: string, disk: Disk): Promise<void> {
  const missing = (cause?: unknown) =>
    new StowageError("CONFIG_INVALID", `dataDir: ${JSON.stringify(root)} is not a directory`, { cause });
  const stats = await disk.statDirectory(root).catch((error: unknown) => {
    throw isMissing(error) ? missing(error) : error;
  });
  if (!stats.isDirectory()) throw missing();
}

/** What was moved or removed since it was opened is in another place, or in none, and what lies in it is not of this tree. */
export function assertPlace(directory: string, place: string, expected: string): void {
  if (place === expected) return;
  if (place === `${expected} (deleted)`) throw Object.assign(new Error("removed"), { code: "ENOENT" });
  const message = `${JSON.stringify(directory)} was moved, or swapped for a link, while it was read; back it up while nobody does so`;
  throw new StowageError("SOURCE_CHANGED", message);
}

/** The error of a walk that met entries which no archive can hold. */
export function cannotBeBackedUp(refused: readonly SkippedEntry[]): StowageError {
  const count = refused.length;
  const shown = refused.slice(0, NAMES_SHOWN).map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`);
  const more = count > shown.length ? ` and ${count - shown.length} more` : "";
  const found = `${count} entries cannot be backed up: ${shown.join(", ")}${more}`;
  return new StowageError("SOURCE_UNREADABLE", `${found}; mend or exclude them, or set onUnreadable: "skip"`);
}
