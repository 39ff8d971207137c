import type { PartSizes } from "./part-sizes.ts";

export interface Part {
  /** Counted from 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** Whether the content ends with it. */
  readonly isLast: boolean;
}

/** Cuts content into parts. Holds one part and the rest of one chunk. */
export class PartReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #sizes: PartSizes;
  readonly #free: Buffer[] = [];
  #rest: Uint8Array | undefined;
  #number = 0;
  /** Bytes read so far. */
  size = 0;

  constructor(content: AsyncIterable<Uint8Array>, sizes: PartSizes) {
    this.#chunks = content[Symbol.asyncIterator]();
    this.#sizes = sizes;
  }

  /** Reads the next part. Every part but the last is full, and only a first part can be empty. Throws what the content throws. */
  async next(): Promise<Part> {
    this.#number++;
    const buffer = this.#buffer(this.#sizes(this.#number));
    let filled = 0;
    for (;;) {
      this.#rest ??= await this.#chunk();
      if (!this.#rest || filled === buffer.length) break;
      const piece = this.#rest.subarray(0, buffer.length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      this.#rest = piece.length < this.#rest.length ? this.#rest.subarray(piece.length) : undefined;
    }
    this.size += filled;
    return { number: this.#number, bytes: buffer.subarray(0, filled), isLast: this.#rest === undefined };
  }

  /** Takes a part's memory back for a later part. Only for a part that nothing sends any more. */
  recycle({ bytes }: Part): void {
    this.#free.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.buffer.byteLength));
  }

  #buffer(size: number): Buffer {
    const free = this.#free.pop();
    return free?.length === size ? free : Buffer.allocUnsafeSlow(size); // of its own, so that `recycle` may hand it out again
  }

  async #chunk(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#chunks.next();
    return done ? undefined : value;
  }
}
