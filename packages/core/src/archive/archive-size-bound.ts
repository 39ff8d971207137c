import { blockTableSizeBound } from "./block-table.ts";
import { deflatedSizeBound } from "./deflate-block.ts";
import type { Walk } from "./walk-directory.ts";

/** Both headers with their extra fields, 64-bit numbers and the descriptor, without the name: 30 + 29 + 24 + 46 + 37. */
const ENTRY_OVERHEAD = 166;
/** The end records, and the two headers of the one entry of an empty tree. */
const ARCHIVE_OVERHEAD = 512;

/** Returns the bytes that the archive of a walk takes at most, as long as the files stay as the walk saw them. */
export function archiveSizeBound({ entries }: Walk): number {
  let bound = ARCHIVE_OVERHEAD;
  for (const { name, size } of entries) {
    bound += ENTRY_OVERHEAD + 2 * Buffer.byteLength(name) + deflatedSizeBound(size) + blockTableSizeBound(size);
  }
  return bound;
}
