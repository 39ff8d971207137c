import type { ArchiveSource } from "../archive-source.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import { type ContentsOptions, readContents } from "./read-contents.ts";

/** Inflates every entry and compares its size and CRC. Throws `INVALID_ARCHIVE` at the first that is damaged. */
export async function verifyEntries(
  source: ArchiveSource,
  entries: readonly PlacedEntry[],
  options: Omit<ContentsOptions, "target">,
): Promise<void> {
  await readContents(source, entries, { ...options, target: undefined });
}
