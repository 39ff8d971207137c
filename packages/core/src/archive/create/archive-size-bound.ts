import { blockTableSizeBound } from "../format/block-table.ts";
import { encodeLeftOut, type LeftOutOptions, leftOutOf } from "../left-out/left-out.ts";
import { deflatedSizeBound } from "./deflate-block.ts";
import type { Walk } from "./walk-directory.ts";

/** Both headers with their extra fields, 64-bit numbers and the descriptor, without the name: 30 + 29 + 24 + 46 + 37. */
const ENTRY_OVERHEAD = 166;
/** The end records, and the headers of the entry of an empty tree or of what was left out, with the frame of its content. */
const ARCHIVE_OVERHEAD = 1024;

/** Returns the bytes that the archive of a walk takes at most, as long as the files stay as the walk saw them. */
export function archiveSizeBound(walk: Walk, options: LeftOutOptions = {}): number {
  // What is skipped later is not an entry then, which would take more.
  let bound = ARCHIVE_OVERHEAD + deflatedSizeBound(encodeLeftOut(leftOutOf(walk, options))?.length ?? 0);
  for (const { name, size } of walk.entries) {
    bound += ENTRY_OVERHEAD + 2 * Buffer.byteLength(name) + deflatedSizeBound(size) + blockTableSizeBound(size);
  }
  return bound;
}
