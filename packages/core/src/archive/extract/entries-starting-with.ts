import { constants, inflateRawSync } from "node:zlib";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { decodeLocalHeader, LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import { type Extent, fetchSegments } from "./fetch-segments.ts";
import { SegmentMemory } from "./segment.ts";
import { SegmentReader } from "./segment-reader.ts";

/** Bytes of an entry that are looked at, behind its name: other fields of the header, a table of Huffman codes, some content. */
const LOOKED_AT = 1024;

/**
 * Returns the entries whose content starts with `head`, a few bytes, or may: where the header before it is unusually long. Reads the
 * beginnings alone, and checks nothing: whose beginning is no content is not among them. Entries are in the order of the archive.
 */
export async function entriesStartingWith(
  head: Buffer,
  { reader, entries, signal }: { reader: ArchiveReader; entries: readonly PlacedEntry[]; signal: AbortSignal },
): Promise<PlacedEntry[]> {
  const memory = new SegmentMemory(reader.ranges.size);
  const segments = new SegmentReader(fetchSegments(reader, entries.map(beginningOf), { memory, signal }), memory);
  const found: PlacedEntry[] = [];
  try {
    for (const entry of entries) {
      if (signal.aborted) throw abortError(signal);
      const { start, end } = beginningOf(entry);
      if (mayStartWith(head, await segments.copy(start, end), entry)) found.push(entry);
    }
    return found;
  } finally {
    await segments.close();
  }
}

function beginningOf({ headerOffset, name, limit }: PlacedEntry): Extent {
  const end = headerOffset + LOCAL_HEADER_SIZE + Buffer.byteLength(name) + LOOKED_AT;
  return { start: headerOffset, end: Math.min(end, limit) };
}

function mayStartWith(head: Buffer, bytes: Buffer, { method, compressedSize }: PlacedEntry): boolean {
  const header = bytes.length < LOCAL_HEADER_SIZE ? undefined : decodeLocalHeader(bytes);
  if (!header) return false;
  const start = LOCAL_HEADER_SIZE + header.nameSize + header.extraSize;
  const raw = bytes.subarray(start, start + compressedSize);
  const content = method === 0 ? raw : inflatedBeginning(raw);
  if (!content) return false;
  const isCut = raw.length < compressedSize && content.length < head.length;
  return content.subarray(0, head.length).equals(isCut ? head.subarray(0, content.length) : head);
}

/** Nothing if that is no deflated data. */
function inflatedBeginning(deflated: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}
