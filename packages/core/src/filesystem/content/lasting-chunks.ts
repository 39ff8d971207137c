/** Content whose chunks stay as they are after they were handed out: whoever keeps one need not copy it. */
export class LastingChunks implements AsyncIterable<Uint8Array> {
  readonly #content: AsyncIterable<Uint8Array>;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#content[Symbol.asyncIterator]();
  }
}
