import { type BlockTable, decodeBlockTable } from "../format/block-table.ts";
import type { Piece } from "../inflate/inflate-piece.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { PiecesJob } from "./place-pieces.ts";
import type { Segment } from "./segment.ts";
import type { SegmentReader } from "./segment-reader.ts";

/** Compressed bytes of one job, if it has more than one piece. */
const JOB_SIZE = 1024 * 1024;
/** Stored content can be cut anywhere. */
const STORED_SIZE = 1024 * 1024;

/** A job, and the segment that it lies in, which must be released behind it. */
export interface PieceJob {
  readonly job: PiecesJob;
  readonly segment: Segment;
}

/** Where the content of an entry can be cut, if it says so. */
export function tableOf(entry: PlacedEntry): BlockTable | undefined {
  return entry.blockTable && decodeBlockTable(entry.blockTable, entry);
}

/** Cuts a large content, which is stored or has a table, into jobs. It starts at `start` in the archive. */
export async function* pieceJobs(entry: PlacedEntry, start: number, reader: SegmentReader): AsyncGenerator<PieceJob> {
  const table = entry.method === 0 ? undefined : tableOf(entry);
  if (table) yield* deflatedJobs(entry, { start, table }, reader);
  else yield* storedJobs(entry, start, reader);
}

async function* storedJobs(entry: PlacedEntry, start: number, reader: SegmentReader): AsyncGenerator<PieceJob> {
  for (let position = 0; position < entry.size; ) {
    const segment = await reader.takeFrom(start + position);
    const end = Math.min(start + position + STORED_SIZE, start + entry.size, segment.end);
    const bytes = segment.slice(start + position, end);
    const isLast = end === start + entry.size;
    yield { job: { entry, pieces: [{ bytes, size: bytes.length, isLast }], position }, segment };
    position += bytes.length;
  }
}

async function* deflatedJobs(
  entry: PlacedEntry,
  { start, table }: { start: number; table: BlockTable },
  reader: SegmentReader,
): AsyncGenerator<PieceJob> {
  const { pieceSize, compressedSizes } = table;
  let position = start;
  for (let first = 0; first < compressedSizes.length; ) {
    const sizes = groupAt(compressedSizes, first, reader.heldFrom(position));
    const segment = await reader.take(position, position + sum(sizes));
    const pieces: Piece[] = [];
    for (const [index, compressedSize] of sizes.entries()) {
      const isLast = first + index === compressedSizes.length - 1;
      const size = Math.min(pieceSize, entry.size - (first + index) * pieceSize);
      pieces.push({ bytes: segment.slice(position, position + compressedSize), size, isLast });
      position += compressedSize;
    }
    yield { job: { entry, pieces, position: first * pieceSize }, segment };
    first += sizes.length;
  }
}

/** The sizes of as many pieces as make a job and are held in one segment: more of them would have to be copied. */
function groupAt(sizes: readonly number[], first: number, held: number): number[] {
  const group: number[] = [];
  for (let total = 0, index = first; index < sizes.length; index += 1) {
    const size = sizes[index] ?? 0;
    total += size;
    if (group.length > 0 && total > Math.min(JOB_SIZE, held)) break;
    group.push(size);
  }
  return group;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
