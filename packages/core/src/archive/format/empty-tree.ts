import type { NewEntry } from "./local-header.ts";

/**
 * The one entry of an archive of an empty directory. A zip without entries is valid, but Info-ZIP reports an error for it. No
 * restore writes this name, since it belongs to the restore itself, and no other archive that restores consists of it.
 */
export const EMPTY_TREE_ENTRY = ".stowage/";

/** Returns that entry with a fixed time, so that all archives of empty directories are the same bytes. */
export function emptyTreeEntry(): NewEntry {
  return {
    name: EMPTY_TREE_ENTRY,
    method: 0,
    hasDescriptor: false,
    isZip64: false,
    crc32: 0,
    compressedSize: 0,
    size: 0,
    mode: 0o040700,
    modifiedAt: new Date(Date.UTC(1980, 0, 1)),
  };
}
