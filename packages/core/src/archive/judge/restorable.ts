import { StowageError } from "../../errors.ts";
import { type ArchiveReason, invalidArchive, isInvalidArchive, whatWasFound } from "../format/invalid-archive.ts";
import { LINK_TARGETS_SIZE_MAX } from "../format/link-target.ts";

/** The most that an archive may hold. */
export interface ArchiveLimits {
  /** Files and directories, also directories that only the name of a file implies. */
  readonly maxEntries: number;
  /** Bytes of all files together. */
  readonly maxTotalSize: number;
  /** Bytes of one file. */
  readonly maxFileSize: number;
}

/** The most that may be written out. */
export interface RoomLimits extends ArchiveLimits {
  /** Bytes that are free where it is to be written, if it is. More than that is no fault of the archive. */
  readonly freeSpace?: number;
}

const DIRECTORY_SIZE_MAX = 256 * 1024 * 1024;

export function checkDirectorySize(size: number): void {
  if (size <= DIRECTORY_SIZE_MAX) return;
  throw invalidArchive("central-directory-size", `the central directory has ${size} bytes, at most 256 MiB expected`);
}

export function checkCount(count: number, { maxEntries }: Pick<ArchiveLimits, "maxEntries">): void {
  if (count <= maxEntries) return;
  throw invalidArchive("too-many-entries", `${count} entries, at most ${maxEntries} allowed`);
}

/** Throws if links lead to more than can be held at once. */
export function checkLinks(links: readonly { readonly size: number }[]): void {
  const size = links.reduce((total, link) => total + link.size, 0);
  if (size <= LINK_TARGETS_SIZE_MAX) return;
  throw invalidArchive(
    "link-target",
    `the targets of ${links.length} links take ${size} bytes, at most 16 MiB expected`,
  );
}

/** Throws unless each of the names is there as a regular file. */
export function checkRequired(files: ReadonlySet<string>, requiredFiles: readonly string[]): void {
  for (const name of requiredFiles) {
    if (!files.has(name)) throw invalidArchive("required-file", `the file ${JSON.stringify(name)} is missing`);
  }
}

/** Adds up the bytes of all entries. Throws for one that is too large, for too much, and `NO_SPACE` for more than there is room. */
export function totalSize(
  entries: Iterable<{ readonly name: string; readonly size: number }>,
  { maxFileSize, maxTotalSize, freeSpace = Number.POSITIVE_INFINITY }: RoomLimits,
): number {
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
  if (total > freeSpace) throw noSpace(total, freeSpace);
  return total;
}

/** The message tells no path: it goes to clients. */
function noSpace(needed: number, free: number): StowageError {
  const message = `the archive holds ${needed} bytes, and ${free} are free; make room and try again, nothing was touched`;
  return new StowageError("NO_SPACE", message, { reason: "free-space" });
}

/** What whoever creates does about it. */
const WAYS_OUT: Partial<Record<ArchiveReason, string>> = {
  "too-many-entries": "raise limits.maxEntries",
  "total-too-large": "raise limits.maxTotalSize",
  "file-too-large": "raise limits.maxFileSize",
  "required-file": "put it into the data directory, or take it out of requiredFiles",
  "link-target": "exclude some of the links",
  "central-directory-size": "exclude some of the files",
};

/** Runs checks before an archive is published: what a restore would refuse is said in the words of whoever creates. */
export function assertRestorable(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!isInvalidArchive(error)) throw error;
    const wayOut = WAYS_OUT[error.reason];
    const message = `the archive could not be restored: ${whatWasFound(error)}${wayOut ? `; ${wayOut}` : ""}`;
    throw new StowageError("INVALID_ARCHIVE", message, { reason: error.reason, cause: error.cause });
  }
}
