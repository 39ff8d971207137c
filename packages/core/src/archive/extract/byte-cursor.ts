/** Takes bytes from chunks, from the first to the last, as many as are asked for. Holds no more than one chunk. Call {@link close} at the end. */
export class ByteCursor {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Returns the next `size` bytes; fewer only at the end. */
  async atMost(size: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.next(size)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Yields the next `size` bytes as they come; fewer only at the end. */
  async *next(size: number): AsyncGenerator<Uint8Array, void, void> {
    for (let left = size; left > 0 && (await this.#fill()); ) {
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Sees to it that there is a byte. False at the end. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}
