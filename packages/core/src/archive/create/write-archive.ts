import { StowageError } from "../../errors.ts";
import { deflatedSizeBound } from "../format/block-size.ts";
import { blockTableSizeBound } from "../format/block-table.ts";
import { encodeLeftOut, type LeftOutOptions, leftOutOf } from "../left-out/left-out.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import { ArchiveWriter, type WriteOptions } from "./archive-writer.ts";
import type { Walk } from "./walk-directory.ts";

/** An archive in the making: its bytes come as they are read. */
export interface WrittenArchive {
  /** The bytes of the zip, in chunks that the reader may keep. Nothing is opened before the first is asked for. Read it once. */
  readonly content: AsyncIterable<Uint8Array>;
  /**
   * The bytes that the archive takes at most if no file changes after the walk. Each large file that changes while it is read may
   * add its size once more, since its first reading stays in the archive without being listed.
   */
  readonly sizeBound: number;
  /** What was left out or cut since the walk. Final once `content` has ended, like the two numbers. */
  readonly warnings: readonly SkippedEntry[];
  /** What went in and what did not, final once `content` has ended. */
  readonly contents: ArchiveContents;
  /** Files and directories in the archive. */
  readonly entries: number;
  /** Bytes of its list of entries. */
  readonly directorySize: number;
  /** Bytes of the archive. */
  readonly size: number;
}

/**
 * Writes the files of a walk as one zip that any zip program opens. The bytes depend on the files alone, not on timing. Memory
 * does not grow with the size of the files. A file that cannot be read is `SOURCE_UNREADABLE` or a warning; one that changes each
 * time it is read is `SOURCE_CHANGED`. After an error, an abort or an early return of the reader no file is open.
 */
export function writeArchive(walk: Walk, options: WriteOptions): WrittenArchive {
  const { level = 1, concurrency = 4 } = options;
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new StowageError("INVALID_ARGUMENT", `level: an integer from 0 to 9 expected, not ${level}`);
  }
  const writer = new ArchiveWriter(walk, { ...options, level, concurrency });
  return {
    content: writer.content,
    sizeBound: archiveSizeBound(walk, options),
    warnings: writer.warnings,
    contents: writer.contents,
    get entries() {
      return writer.contents.entries;
    },
    get directorySize() {
      return writer.directorySize;
    },
    get size() {
      return writer.size;
    },
  };
}

/** Both headers with their extra fields, 64-bit numbers and the descriptor, without the name: 30 + 56 + 24 + 46 + 79. */
const ENTRY_OVERHEAD = 235;
/** The end records, and the headers of the entry of an empty tree or of what was left out, with the frame of its content. */
const ARCHIVE_OVERHEAD = 1024;

/** Returns the bytes that the archive of a walk takes at most, as long as the files stay as the walk saw them. */
function archiveSizeBound(walk: Walk, options: LeftOutOptions = {}): number {
  // What is skipped later is not an entry then, which would take more.
  let bound = ARCHIVE_OVERHEAD + deflatedSizeBound(encodeLeftOut(leftOutOf(walk, options))?.length ?? 0);
  for (const { name, size } of [...walk.entries, ...walk.links]) {
    bound += ENTRY_OVERHEAD + 2 * Buffer.byteLength(name) + deflatedSizeBound(size) + blockTableSizeBound(size);
  }
  return bound;
}
