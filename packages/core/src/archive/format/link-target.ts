import { isUtf8 } from "node:buffer";

/** Bytes of a target: PATH_MAX of Linux without what ends it. */
export const LINK_TARGET_SIZE_MAX = 4_095;
/** Bytes of all targets of an archive together: they are in memory at once. */
export const LINK_TARGETS_SIZE_MAX = 16 * 1024 * 1024;

/** Says why no link can lead there: "" and a NUL are no path of any system, and nothing longer than 4,095 bytes is one of Linux. */
export function linkTargetProblem(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "leads to an empty path";
  if (bytes.length > LINK_TARGET_SIZE_MAX) return `leads to a path of ${bytes.length} bytes`;
  return bytes.includes(0) ? "leads to a path with a NUL in it" : undefined;
}

/** The target as a text; nothing if it is not UTF-8, since no other text gives the same bytes. */
export function decodeLinkTarget(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8") : undefined;
}
