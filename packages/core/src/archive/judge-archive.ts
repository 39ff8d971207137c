import type { ArchiveSource } from "./archive-source.ts";
import type { ArchiveEntry } from "./central-header.ts";
import { EMPTY_TREE_ENTRY } from "./empty-tree.ts";
import { withoutSlash } from "./entry-name.ts";
import { EntryTree, foldName } from "./entry-tree.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { type PlacedEntry, placeEntries } from "./placed-entry.ts";
import { readCentralDirectory } from "./read-central-directory.ts";
import { type ArchiveLimits, checkRequired, totalSize } from "./restorable.ts";
import { reasonOfMode, type SkippedEntry } from "./skipped-entry.ts";

export type { ArchiveLimits };

export interface ArchiveRules {
  readonly limits: ArchiveLimits;
  isExcluded(name: string): boolean;
  /** Names that must be there as regular files. */
  readonly requiredFiles: readonly string[];
  /** Whether the file system takes names that differ in case or in Unicode form for one. */
  readonly foldsNames?: boolean;
  readonly signal: AbortSignal;
}

/** An archive that may be restored. */
export interface JudgedArchive {
  /** What to extract, in the order in which the contents lie. */
  readonly entries: readonly PlacedEntry[];
  /** What is not, though its local headers must be right, too. */
  readonly leftOut: readonly PlacedEntry[];
  /** Links, special files and excluded names, which are not extracted. */
  readonly skipped: readonly SkippedEntry[];
  /** Bytes of all files together. */
  readonly size: number;
}

/**
 * Looks at the end of an archive: everything that its central directory says. Refuses it with `INVALID_ARCHIVE` and a reason if
 * any rule is broken, also by an entry that would be skipped. Whoever reads contents checks each local header before.
 */
export async function judgeArchive(source: ArchiveSource, rules: ArchiveRules): Promise<JudgedArchive> {
  const { maxEntries } = rules.limits;
  const directory = await readCentralDirectory(source, { maxEntries, signal: rules.signal });
  checkNames(directory.entries, rules);
  const placed = placeEntries(directory.entries, directory.offset);
  const { kept, leftOut, skipped } = select(placed, rules);
  checkRequired(filesIn(kept), rules.requiredFiles);
  return { entries: kept, leftOut, skipped, size: totalSize(kept, rules.limits) };
}

function checkNames(entries: readonly ArchiveEntry[], { limits, foldsNames = false }: ArchiveRules): void {
  const tree = new EntryTree({ maxEntries: limits.maxEntries, foldsNames });
  for (const entry of entries) tree.add(entry);
}

function select(
  entries: readonly PlacedEntry[],
  rules: ArchiveRules,
): { kept: PlacedEntry[]; leftOut: PlacedEntry[]; skipped: SkippedEntry[] } {
  const isEmptyTree = entries.length === 1 && entries[0]?.name === EMPTY_TREE_ENTRY;
  if (isEmptyTree) return { kept: [], leftOut: [...entries], skipped: [] };
  const selected = { kept: [] as PlacedEntry[], leftOut: [] as PlacedEntry[], skipped: [] as SkippedEntry[] };
  for (const entry of entries) {
    const reason = reasonToSkip(entry, rules);
    (reason ? selected.leftOut : selected.kept).push(entry);
    if (reason) selected.skipped.push({ name: entry.name, reason });
  }
  if (selected.kept.length > 0) return selected;
  throw invalidArchive("no-entries", `nothing to restore among ${entries.length} entries`);
}

/** On a file system that folds names, ".STOWAGE" is ".stowage". */
function reasonToSkip(entry: ArchiveEntry, { isExcluded, foldsNames }: ArchiveRules): string | undefined {
  const path = withoutSlash(entry.name);
  if (isExcluded(path) || (foldsNames && isExcluded(foldName(path)))) return "excluded";
  return entry.type === "other" ? reasonOfMode(entry.mode) : undefined;
}

function filesIn(entries: readonly ArchiveEntry[]): Set<string> {
  return new Set(entries.filter((entry) => entry.type === "file").map((entry) => entry.name));
}
