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

/** Makes the error `INVALID_ARCHIVE`. The message says what was found and what was expected. */
export function invalidArchive(
  reason: ArchiveReason,
  message: string,
  options: { cause?: unknown } = {},
): StowageError {
  return new StowageError("INVALID_ARCHIVE", `${PREAMBLE}${message}`, { ...options, reason });
}

/** Says whether an error tells of a rule that an archive breaks. */
export function isInvalidArchive(error: unknown): error is StowageError & { readonly reason: ArchiveReason } {
  return error instanceof StowageError && error.code === "INVALID_ARCHIVE" && isReason(error.reason);
}

/** What such an error found, for a sentence of one's own. */
export function withoutPreamble({ message }: StowageError): string {
  return message.startsWith(PREAMBLE) ? message.slice(PREAMBLE.length) : message;
}

function isReason(reason: string | undefined): reason is ArchiveReason {
  return ARCHIVE_REASONS.some((known) => known === reason);
}
