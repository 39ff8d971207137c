import { inOrder } from "../../concurrency/in-order.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import type { Segment, SegmentMemory } from "./segment.ts";

/** What lies between two extents and is not wanted is read along if it is smaller than this: a request would cost more. */
const GAP_MAX = 256 * 1024;

/** Bytes of an archive from `start` up to, not including, `end`. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * Fetches extents, which are in rising order, and yields them in segments that follow each other or leave a gap. Neighbours share
 * reads, several of which are under way.
 */
export function fetchSegments(
  reader: ArchiveReader,
  extents: Iterable<Extent>,
  { memory, signal }: { memory: SegmentMemory; signal: AbortSignal },
): AsyncGenerator<Segment> {
  return inOrder(cut(merge(extents), reader.ranges.size), {
    run: (extent) => memory.segment(extent.start, extent.end, (bytes) => fill(reader, extent, bytes)),
    weigh: () => 1,
    limit: reader.ranges.ahead,
    signal,
  });
}

/** Threads share this memory, and no other. */
async function fill(reader: ArchiveReader, { start, end }: Extent, memory: Buffer): Promise<Buffer> {
  const bytes = await reader.read(start, end, memory);
  if (bytes.buffer !== memory.buffer) memory.set(bytes);
  return memory;
}

function* merge(extents: Iterable<Extent>): Generator<Extent> {
  let merged: Extent | undefined;
  for (const { start, end } of extents) {
    if (merged && start - merged.end <= GAP_MAX) {
      merged = { start: merged.start, end: Math.max(merged.end, end) };
      continue;
    }
    if (merged) yield merged;
    merged = { start, end };
  }
  if (merged) yield merged;
}

function* cut(extents: Iterable<Extent>, size: number): Generator<Extent> {
  for (const { start, end } of extents) {
    for (let position = start; position < end; position += size) {
      yield { start: position, end: Math.min(position + size, end) };
    }
  }
}
