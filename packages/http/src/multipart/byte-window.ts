import { malformed } from "./malformed.ts";

/** What has arrived of a body and was not taken yet. Takes in one chunk at a time. */
export class ByteWindow {
  readonly #chunks: AsyncIterator<Uint8Array>;
  bytes = Buffer.alloc(0);
  hasEnded = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Waits for more. False at the end of the body. */
  async fill(): Promise<boolean> {
    if (this.hasEnded) return false;
    const { done, value } = await this.#next();
    if (done) this.hasEnded = true;
    else this.bytes = this.bytes.length === 0 ? asBuffer(value) : Buffer.concat([this.bytes, value]);
    return !done;
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      this.hasEnded = true;
      throw malformed(error); // the client left, or sends nothing more
    }
  }

  /** Waits until there are so many bytes, or the body has ended. */
  async fillTo(size: number): Promise<void> {
    while (this.bytes.length < size && (await this.fill()));
  }

  take(size: number): Buffer {
    const taken = this.bytes.subarray(0, size);
    this.bytes = this.bytes.subarray(size);
    return taken;
  }

  /** Lets go of a body that is not read to its end. Does not wait: a chunk may be on its way for as long as its sender likes. */
  release(): void {
    if (!this.hasEnded) this.#chunks.return?.().catch(() => {});
    this.hasEnded = true;
  }
}

function asBuffer(chunk: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
}
