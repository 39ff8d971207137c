import { fillYoungHeap } from "../../concurrency/fill-young-heap.ts";

const PIECE_SIZE = 512 * 1024;

/** Gathers bytes into pieces of 512 KiB, each of its own memory, so that the reader may keep it. Only the last is smaller. */
export async function* largePieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
  let filled = 0;
  for await (const chunk of content) {
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + PIECE_SIZE - filled);
      piece.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < PIECE_SIZE) continue;
      yield piece;
      fillYoungHeap();
      piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
      filled = 0;
    }
  }
  if (filled > 0) yield Buffer.from(piece.subarray(0, filled));
}
