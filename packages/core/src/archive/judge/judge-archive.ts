import { type Folding, NO_FOLDING } from "../../disk/folding.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import type { ArchiveEntry } from "../format/central-header.ts";
import { EMPTY_TREE_ENTRY } from "../format/empty-tree.ts";
import { withoutSlash } from "../format/entry-name.ts";
import { type ArchiveReason, invalidArchive } from "../format/invalid-archive.ts";
import { type NamePolicy, ROOT } from "../format/normalized-name.ts";
import { LEFT_OUT_ENTRY, type LeftOut } from "../left-out/left-out.ts";
import { reasonOfMode, type SkippedEntry } from "../skipped-entry.ts";
import { EntryTree, foldName } from "./entry-tree.ts";
import { type PlacedEntry, placeEntries } from "./placed-entry.ts";
import { type CentralDirectory, readCentralDirectory } from "./read-central-directory.ts";
import { readLeftOut } from "./read-left-out.ts";
import { type JudgedLink, readLinks } from "./read-links.ts";
import { type ArchiveLimits, checkRequired, type RoomLimits, totalSize } from "./restorable.ts";
import { restoredMode } from "./restored-mode.ts";

export type { ArchiveLimits, RoomLimits };

export interface ArchiveRules {
  readonly limits: RoomLimits;
  isExcluded(name: string): boolean;
  /** Names that must be there as regular files. */
  readonly requiredFiles: readonly string[];
  /** Which names are one where it is to be restored. */
  readonly folding?: Folding | undefined;
  /** Says why nothing can have a name there. */
  nameProblem?(name: string): ArchiveReason | undefined;
  /** Whether symbolic links are skipped, as special files are. */
  readonly skipsLinks?: boolean | undefined;
  /** Default "strict". */
  readonly names?: NamePolicy | undefined;
  readonly signal: AbortSignal;
}

/** An archive that may be restored. */
export interface JudgedArchive {
  /** What to extract, in the order in which the contents lie. */
  readonly entries: readonly PlacedEntry[];
  /** Symbolic links, in the same order, read and checked. Where they lead decides whether they are made. */
  readonly links: readonly JudgedLink[];
  /** What is not, though its local headers must be right, too. */
  readonly leftOut: readonly PlacedEntry[];
  /** Links, special files and excluded names, which are not extracted. */
  readonly skipped: readonly SkippedEntry[];
  /** What it says that it does not hold. The entry that says so counts as none, and is never extracted. */
  readonly record: LeftOut;
  /** Whether it was written here: every archive of ours can be told by its form. */
  readonly isOurs: boolean;
  /** Of an archive of ours, what comes back with another mode than it says, as a set-id bit, or that others may write. */
  readonly modes: readonly SkippedEntry[];
  /** Whose name nothing says how to read, so that it may come back as another. */
  readonly guessed: readonly SkippedEntry[];
  /** Bytes of all files together. */
  readonly size: number;
}

/**
 * Looks at the end of an archive: everything that its central directory says, and the entry that says what is not in it. Refuses it with `INVALID_ARCHIVE` and a reason if
 * any rule is broken, also by an entry that would be skipped. Whoever reads contents checks each local header before.
 */
export async function judgeArchive(reader: ArchiveReader, rules: ArchiveRules): Promise<JudgedArchive> {
  const { maxEntries } = rules.limits;
  const { names, signal } = rules;
  const directory = await readCentralDirectory(reader, { maxEntries: maxEntries + 1, names, signal });
  const repeated = checkNames(directory.entries, rules);
  const placed = placeEntries(directory.entries, directory);
  const { kept, links, leftOut, skipped } = select(placed, repeated, rules);
  checkPlaceable([...kept, ...links], rules);
  checkRequired(filesIn(kept), rules.requiredFiles);
  const size = totalSize(kept, rules.limits);
  const record = await readLeftOut(reader, placed.find(isRecord));
  const read = await readLinks(reader, links, rules);
  return {
    entries: kept,
    links: read,
    leftOut,
    skipped,
    record,
    isOurs: directory.isOurs,
    modes: changedModes(kept, directory),
    guessed: guessedNames([...kept, ...links]),
    size,
  };
}

function guessedNames(entries: readonly PlacedEntry[]): SkippedEntry[] {
  return entries.filter(({ isNameGuessed }) => isNameGuessed).map(({ name }) => ({ name, reason: "name-guessed" }));
}

function changedModes(kept: readonly PlacedEntry[], { entries, isOurs }: CentralDirectory): SkippedEntry[] {
  if (!isOurs) return [];
  const written = new Map(
    entries.filter(({ mode, type }) => restoredMode({ mode, type }, true) !== mode).map((entry) => [entry.name, entry]),
  );
  return kept.filter(({ name }) => written.has(name)).map(({ name }) => ({ name, reason: "mode" }));
}

/** Whether an entry only says what an archive left out. */
function isRecord({ name }: Pick<ArchiveEntry, "name">): boolean {
  return name === LEFT_OUT_ENTRY;
}

/** Whether an entry is one of the data: neither what only says what was left out, nor the root itself. */
export function isListed(entry: Pick<ArchiveEntry, "name">): boolean {
  return !isRecord(entry) && entry.name !== ROOT;
}

/**
 * Judges the names together, and those in the headers too where they differ: what does not know how they are meant sees those.
 * Returns the directories that are named more than once.
 */
export function checkNames(
  entries: readonly ArchiveEntry[],
  { limits, folding }: Pick<ArchiveRules, "limits" | "folding">,
): ReadonlySet<string> {
  const uncounted = entries.some(isRecord) ? 2 : 0; // it, and the folder that it implies
  const maxEntries = limits.maxEntries + uncounted;
  const tree = new EntryTree({ maxEntries, folding });
  for (const entry of entries) if (entry.name !== ROOT) tree.add(entry);
  if (entries.every(({ headerName }) => headerName === undefined)) return tree.repeated;
  const inHeaders = new EntryTree({ maxEntries: maxEntries + 1 }); // "." may be one of them
  for (const { name, headerName = name, type } of entries) inHeaders.add({ name: headerName, type });
  return tree.repeated;
}

function select(
  entries: readonly PlacedEntry[],
  repeated: ReadonlySet<string>,
  rules: ArchiveRules,
): Record<"kept" | "links" | "leftOut", PlacedEntry[]> & { skipped: SkippedEntry[] } {
  const isEmptyTree =
    entries.length === 1 && entries.every((entry) => entry.name === EMPTY_TREE_ENTRY || isRecord(entry));
  if (isEmptyTree) {
    return { kept: [], links: [], leftOut: entries.filter((entry) => !isRecord(entry)), skipped: [] };
  }
  const selected: ReturnType<typeof select> = { kept: [], links: [], leftOut: [], skipped: [] };
  const isNew = firstOf(repeated);
  for (const entry of entries) {
    if (isRecord(entry)) continue;
    if (entry.name === ROOT || !isNew(entry)) {
      selected.leftOut.push(entry);
      continue;
    }
    const reason = reasonToSkip(entry, rules);
    const taken = entry.type === "symlink" ? selected.links : selected.kept;
    (reason ? selected.leftOut : taken).push(entry);
    if (reason) selected.skipped.push({ name: entry.name, reason });
  }
  if (selected.kept.length + selected.links.length > 0) return selected;
  throw invalidArchive("no-entries", nothingIn(entries, selected.skipped));
}

/** Says whether an entry is the first of its name. Only the given names come more than once. */
function firstOf(repeated: ReadonlySet<string>): (entry: PlacedEntry) => boolean {
  const left = new Set(repeated);
  return ({ name }) => !repeated.has(withoutSlash(name)) || left.delete(withoutSlash(name));
}

function nothingIn(entries: readonly PlacedEntry[], skipped: readonly SkippedEntry[]): string {
  const found = `nothing to restore among ${entries.length} entries`;
  const [first] = skipped;
  if (!first) return `${found}; pack again what it should hold`;
  const piped =
    first.name === "-"
      ? ", as zip writes what it reads from a pipe: pack the file itself"
      : "; pack again what it should hold";
  return `${found}: ${JSON.stringify(first.name)} is skipped (${first.reason})${piped}`;
}

/** Where the system has no such names, nothing of the archive is written: a part of it, or another name, would be no restore. */
function checkPlaceable(entries: readonly PlacedEntry[], { nameProblem }: ArchiveRules): void {
  if (!nameProblem) return;
  for (const { name } of entries) {
    const reason = nameProblem(withoutSlash(name));
    if (reason) throw invalidArchive(reason, `${JSON.stringify(name)} cannot be the name of a file on this system`);
  }
}

/** On a file system that folds case, ".STOWAGE" is ".stowage". */
function reasonToSkip(
  entry: ArchiveEntry,
  { isExcluded, skipsLinks, folding = NO_FOLDING }: ArchiveRules,
): string | undefined {
  const path = withoutSlash(entry.name);
  const isHidden = entry.headerName !== undefined && isExcluded(withoutSlash(entry.headerName));
  if (isHidden || isExcluded(path) || (folding.case && isExcluded(foldName(path, folding)))) return "excluded";
  const isSkipped = entry.type === "other" || (entry.type === "symlink" && skipsLinks);
  return isSkipped ? reasonOfMode(entry.mode) : undefined;
}

function filesIn(entries: readonly ArchiveEntry[]): Set<string> {
  return new Set(entries.filter((entry) => entry.type === "file").map((entry) => entry.name));
}
