import { StowageError } from "../../errors.ts";

/** Every rule that an archive can break, in the order in which they are looked at. Stable: programs may branch on them. */
export const ARCHIVE_REASONS = [
  // The end of the file.
  "too-short",
  "no-end-record",
  "trailing-bytes",
  "ambiguous-end-record",
  "multiple-disks",
  "zip64-locator",
  "zip64-end-record",
  "number-too-large",
  "central-directory-position",
  "central-directory-size",
  "entry-count",
  "too-many-entries",
  "no-entries",
  // Each entry of the central directory.
  "central-directory-malformed",
  "extra-field",
  "zip64-extra",
  "name-encoding",
  "unicode-path",
  "name-empty",
  "name-too-long",
  "name-control-character",
  "name-backslash",
  "name-absolute",
  "name-drive",
  "name-empty-segment",
  "name-dot-segment",
  "name-component-too-long",
  "name-too-deep",
  "encrypted",
  "patch-data",
  "method",
  "stored-size",
  "impossible-size",
  "directory-with-content",
  // The names together.
  "duplicate-name",
  "file-directory-conflict",
  "colliding-names",
  "name-stream",
  "name-forbidden-character",
  "name-trailing-dot-or-blank",
  "name-device",
  "required-file",
  "file-too-large",
  "total-too-large",
  "link-target",
  "left-out-record",
  // The local headers.
  "out-of-bounds",
  "overlap",
  "local-header",
  "local-name",
  "local-method",
  "local-flags",
  "local-crc",
  "local-size",
  "descriptor",
  // The content.
  "content-deflate",
  "content-unconsumed",
  "content-size",
  "content-crc",
] as const;

export type ArchiveReason = (typeof ARCHIVE_REASONS)[number];

const PREAMBLE = "not a valid archive: ";
const DAMAGED = "it is damaged, or no program that is known wrote it: fetch it again, or pack it again";
const NOT_HERE = "exclude it, or rename the file and pack it again";

/** What to do, by reason, where the message that tells of it does not say more itself. It is said behind what was found. */
const WAYS_OUT: ReadonlyMap<ArchiveReason, string> = new Map<ArchiveReason, string>([
  ["too-short", DAMAGED],
  ["ambiguous-end-record", "pack it again, without a comment"],
  ["zip64-locator", DAMAGED],
  ["zip64-end-record", DAMAGED],
  ["zip64-extra", DAMAGED],
  ["number-too-large", DAMAGED],
  ["central-directory-size", "pack fewer files into one archive"],
  ["central-directory-malformed", DAMAGED],
  ["too-many-entries", "raise limits.maxEntries if it may hold so many"],
  ["file-too-large", "raise limits.maxFileSize if it may be so large"],
  ["total-too-large", "raise limits.maxTotalSize if it may hold so much"],
  ["required-file", "is it the right archive? If it is, take the name out of requiredFiles"],
  ["name-encoding", "pack it again"],
  ["stored-size", DAMAGED],
  ["impossible-size", DAMAGED],
  ["directory-with-content", DAMAGED],
  ["file-directory-conflict", "pack it again, without one of them"],
  ["colliding-names", "rename one of them and pack it again, or restore to a disk that tells them apart"],
  ["name-stream", NOT_HERE],
  ["name-forbidden-character", NOT_HERE],
  ["name-trailing-dot-or-blank", NOT_HERE],
  ["name-device", NOT_HERE],
  ["link-target", "pack it again, without such links"],
  ["left-out-record", "fetch it again, or take another backup"],
  ["out-of-bounds", DAMAGED],
  ["overlap", DAMAGED],
  ["local-header", DAMAGED],
  ["descriptor", DAMAGED],
  ["content-deflate", DAMAGED],
  ["content-unconsumed", DAMAGED],
  ["content-size", DAMAGED],
  ["content-crc", DAMAGED],
]);

/** Makes the error `INVALID_ARCHIVE` of what was found and what was expected; what to do is added, where the reason tells. */
export function invalidArchive(
  reason: ArchiveReason,
  message: string,
  options: { cause?: unknown } = {},
): StowageError {
  return new StowageError("INVALID_ARCHIVE", `${PREAMBLE}${message}${endingOf(reason)}`, { ...options, reason });
}

/** Says whether an error tells of a rule that an archive breaks. */
export function isInvalidArchive(error: unknown): error is StowageError & { readonly reason: ArchiveReason } {
  return error instanceof StowageError && error.code === "INVALID_ARCHIVE" && isReason(error.reason);
}

/** What such an error found, for a sentence of one's own. */
export function whatWasFound({ message, reason }: StowageError & { readonly reason: ArchiveReason }): string {
  const found = message.startsWith(PREAMBLE) ? message.slice(PREAMBLE.length) : message;
  const ending = endingOf(reason);
  return found.endsWith(ending) ? found.slice(0, found.length - ending.length) : found;
}

function endingOf(reason: ArchiveReason): string {
  const wayOut = WAYS_OUT.get(reason);
  return wayOut === undefined ? "" : `; ${wayOut}`;
}

function isReason(reason: string | undefined): reason is ArchiveReason {
  return ARCHIVE_REASONS.some((known) => known === reason);
}
