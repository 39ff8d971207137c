import type { Readable } from "node:stream";

/** The bytes of a download, as the storage gives them. */
export class DownloadContent implements AsyncIterable<Uint8Array> {
  readonly #content: Readable;
  readonly #onError: (error: unknown) => void;

  /** `onError` is told why the content ended too early. */
  constructor(content: Readable, onError: (error: unknown) => void) {
    this.#content = content;
    this.#onError = onError;
    content.on("error", () => {}); // the iterator tells; without one it harms nobody
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* this.#content;
    } catch (error) {
      this.#onError(error);
      throw error;
    } finally {
      this.destroy();
    }
  }

  /** Lets go of the storage. */
  destroy(): void {
    this.#content.destroy();
  }
}
