import { createHash } from "node:crypto";
import { Readable } from "node:stream";

/** Bytes of one chunk of content. */
export const CHUNK_SIZE = 256 * 1_024;
const BLOCK_SIZE = 1_024 * 1_024;

export interface ContentOptions {
  /** Bytes. */
  readonly size: number;
  readonly seed: number;
}

/**
 * Bytes that cannot be compressed and cost next to nothing to make: one seeded block over and over, with the number of the
 * chunk at the start of each chunk, so that no two are equal and a chunk in the wrong place is noticed.
 */
export class SeededContent {
  readonly size: number;
  readonly #block: Buffer;

  constructor({ size, seed }: ContentOptions) {
    this.size = size;
    this.#block = randomBlock(seed);
  }

  /** The chunk at byte `index * CHUNK_SIZE`, in memory of its own. Empty behind the end. */
  chunk(index: number): Buffer {
    const start = index * CHUNK_SIZE;
    const from = start % BLOCK_SIZE;
    const length = Math.max(0, Math.min(CHUNK_SIZE, this.size - start));
    const chunk = Buffer.from(this.#block.subarray(from, from + length));
    if (chunk.length >= 4) chunk.writeUInt32LE(index);
    return chunk;
  }

  *chunks(): Generator<Buffer, void, void> {
    for (let index = 0; index * CHUNK_SIZE < this.size; index++) yield this.chunk(index);
  }

  stream(): Readable {
    return Readable.from(this.chunks());
  }

  /** The SHA-256 of all of it, in hex. */
  digest(): string {
    const hash = createHash("sha256");
    for (const chunk of this.chunks()) hash.update(chunk);
    return hash.digest("hex");
  }
}

/** Fills a block by xorshift32 (Marsaglia, "Xorshift RNGs", 2003). */
function randomBlock(seed: number): Buffer {
  const words = new Uint32Array(BLOCK_SIZE / 4);
  let state = seed | 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer);
}
