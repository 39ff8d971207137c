import type { ArchiveEntry } from "../format/central-header.ts";
import { type ArchiveReason, invalidArchive } from "../format/invalid-archive.ts";
import { LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import { restoredMode } from "./restored-mode.ts";

/** An entry with the place that it has in the archive, by the central directory, and with the mode and the owner that count. */
export interface PlacedEntry extends ArchiveEntry {
  /** Where its bytes must have ended: the next local header, or the central directory. */
  readonly limit: number;
  /** Where all local headers and contents must have ended. */
  readonly directoryOffset: number;
}

/**
 * Sorts entries by where they lie and gives each the bytes up to the next one. No byte may belong to two entries: that alone ends
 * archives that expand by naming one content many times. What a local header adds to an entry's size is checked when it is read.
 */
export function placeEntries(
  entries: readonly ArchiveEntry[],
  { offset: directoryOffset, isOurs = false }: { readonly offset: number; readonly isOurs?: boolean },
): PlacedEntry[] {
  const sorted = entries.toSorted((left, right) => left.headerOffset - right.headerOffset);
  return sorted.map((entry, index) => {
    const limit = Math.min(sorted[index + 1]?.headerOffset ?? directoryOffset, directoryOffset);
    const placed = placedEntry(entry, { limit, directoryOffset, isOurs });
    checkEnd(placed, entry.headerOffset + LOCAL_HEADER_SIZE + entry.compressedSize);
    return placed;
  });
}

/** Names each field: a spread takes ten times as long, and there may be 200,000. */
function placedEntry(
  entry: ArchiveEntry,
  { limit, directoryOffset, isOurs }: Pick<PlacedEntry, "limit" | "directoryOffset"> & { readonly isOurs: boolean },
): PlacedEntry {
  return {
    name: entry.name,
    type: entry.type,
    size: entry.size,
    compressedSize: entry.compressedSize,
    crc32: entry.crc32,
    method: entry.method,
    mode: restoredMode(entry, isOurs),
    modifiedAt: entry.modifiedAt,
    flags: entry.flags,
    nameEncoding: entry.nameEncoding,
    headerName: entry.headerName,
    isNameGuessed: entry.isNameGuessed,
    headerOffset: entry.headerOffset,
    blockTable: entry.blockTable,
    owner: isOurs ? entry.owner : undefined,
    limit,
    directoryOffset,
  };
}

/** Refuses an entry that reaches beyond its place. */
export function checkEnd(entry: PlacedEntry, end: number): void {
  if (end <= entry.limit) return;
  if (end > entry.directoryOffset) {
    refuseEntry("out-of-bounds", entry, `ends at ${end}, expected at most ${entry.directoryOffset}`);
  }
  refuseEntry("overlap", entry, `ends at ${end}, inside of another entry, which starts at ${entry.limit}`);
}

export function refuseEntry(reason: ArchiveReason, { name }: ArchiveEntry, problem: string): never {
  throw invalidArchive(reason, `${JSON.stringify(name)} ${problem}`);
}
