import { fillYoungHeap } from "./fill-young-heap.ts";

const PIECE_SIZE = 512 * 1024;

/** Says whether a chunk is handed on as it is, and therefore may be kept by the reader. */
export function isPiece(chunk: Uint8Array): boolean {
  return chunk.length >= PIECE_SIZE;
}

/**
 * Gathers bytes into pieces of 512 KiB, each of its own memory, so that the reader may keep it. A chunk of that size is a piece
 * as it is; what came before it and the last are smaller.
 */
export async function* largePieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gathering = new Gathering();
  for await (const chunk of content) {
    if (isPiece(chunk)) {
      yield* gathering.rest();
      yield chunk;
      fillYoungHeap();
    } else yield* gathering.add(chunk);
  }
  yield* gathering.rest();
}

class Gathering {
  #piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
  #filled = 0;

  *add(chunk: Uint8Array): Generator<Uint8Array> {
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + PIECE_SIZE - this.#filled);
      this.#piece.set(part, this.#filled);
      taken += part.length;
      this.#filled += part.length;
      if (this.#filled < PIECE_SIZE) continue;
      yield this.#piece;
      fillYoungHeap();
      this.#piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
      this.#filled = 0;
    }
  }

  *rest(): Generator<Uint8Array> {
    if (this.#filled > 0) yield Buffer.from(this.#piece.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
