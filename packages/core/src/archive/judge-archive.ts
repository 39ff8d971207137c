import type { ArchiveSource } from "./archive-source.ts";
import type { ArchiveEntry } from "./central-header.ts";
import { EMPTY_TREE_ENTRY } from "./empty-tree.ts";
import { withoutSlash } from "./entry-name.ts";
import { EntryTree, foldName } from "./entry-tree.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { type LocatedEntry, locateEntries } from "./local-headers.ts";
import { readCentralDirectory } from "./read-central-directory.ts";
import { reasonOfMode, type SkippedEntry } from "./skipped-entry.ts";

/** The most that an archive may hold. */
export interface ArchiveLimits {
  /** Files and directories, also directories that only the name of a file implies. */
  readonly maxEntries: number;
  /** Bytes of all files together. */
  readonly maxTotalSize: number;
  /** Bytes of one file. */
  readonly maxFileSize: number;
}

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
  readonly entries: readonly LocatedEntry[];
  /** Links, special files and excluded names, which are not extracted. */
  readonly skipped: readonly SkippedEntry[];
  /** Bytes of all files together. */
  readonly size: number;
}

/**
 * Looks at everything in an archive but the compressed bytes, and refuses it with `INVALID_ARCHIVE` and a reason if any rule
 * is broken: also by an entry that would be skipped. Reads headers only, so large contents cost nothing.
 */
export async function judgeArchive(source: ArchiveSource, rules: ArchiveRules): Promise<JudgedArchive> {
  const { maxEntries } = rules.limits;
  const directory = await readCentralDirectory(source, { maxEntries, signal: rules.signal });
  checkNames(directory.entries, rules);
  const { kept, skipped } = select(directory.entries, rules);
  checkRequired(kept, rules.requiredFiles);
  const size = totalSize(kept, rules.limits);
  const located = await locateEntries(source, directory.entries, { end: directory.offset, signal: rules.signal });
  const names = new Set(kept.map((entry) => entry.name));
  return { entries: located.filter((entry) => names.has(entry.name)), skipped, size };
}

function checkNames(entries: readonly ArchiveEntry[], { limits, foldsNames = false }: ArchiveRules): void {
  const tree = new EntryTree({ maxEntries: limits.maxEntries, foldsNames });
  for (const entry of entries) tree.add(entry);
}

function select(
  entries: readonly ArchiveEntry[],
  rules: ArchiveRules,
): { kept: ArchiveEntry[]; skipped: SkippedEntry[] } {
  const kept: ArchiveEntry[] = [];
  const skipped: SkippedEntry[] = [];
  const isEmptyTree = entries.length === 1 && entries[0]?.name === EMPTY_TREE_ENTRY;
  if (isEmptyTree) return { kept, skipped };
  for (const entry of entries) {
    const reason = reasonToSkip(entry, rules);
    if (reason) skipped.push({ name: entry.name, reason });
    else kept.push(entry);
  }
  if (kept.length > 0) return { kept, skipped };
  throw invalidArchive("no-entries", `nothing to restore among ${entries.length} entries`);
}

/** On a file system that folds names, ".STOWAGE" is ".stowage". */
function reasonToSkip(entry: ArchiveEntry, { isExcluded, foldsNames }: ArchiveRules): string | undefined {
  const path = withoutSlash(entry.name);
  if (isExcluded(path) || (foldsNames && isExcluded(foldName(path)))) return "excluded";
  return entry.type === "other" ? reasonOfMode(entry.mode) : undefined;
}

function checkRequired(entries: readonly ArchiveEntry[], requiredFiles: readonly string[]): void {
  const files = new Set(entries.filter((entry) => entry.type === "file").map((entry) => entry.name));
  for (const name of requiredFiles) {
    if (!files.has(name)) throw invalidArchive("required-file", `the file ${JSON.stringify(name)} is missing`);
  }
}

function totalSize(entries: readonly ArchiveEntry[], { maxFileSize, maxTotalSize }: ArchiveLimits): number {
  let total = 0;
  for (const { name, size } of entries) {
    if (size > maxFileSize) {
      throw invalidArchive(
        "file-too-large",
        `${JSON.stringify(name)} has ${size} bytes, at most ${maxFileSize} allowed`,
      );
    }
    total += size;
    if (total > maxTotalSize) throw invalidArchive("total-too-large", `more than the ${maxTotalSize} bytes allowed`);
  }
  return total;
}
