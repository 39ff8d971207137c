import { StowageError } from "@stowage/core";
import type { Downloads } from "./downloads.ts";
import { entityTag } from "./entity-tag.ts";
import type { OpenVersion } from "./open-version.ts";

export interface DownloadContentOptions {
  readonly downloads: Downloads;
  /** Opens the same object once more. */
  readonly open: (range: { start: number; end: number }) => Promise<Pick<OpenVersion, "info" | "content">>;
  /** Is told why the content ended too early. */
  readonly onError: (error: unknown) => void;
}

/**
 * The bytes of a download. As long as there are few downloads, they are handed on as the storage gives them. A slow client
 * holds what it has not taken, and a stream holds what it has read ahead: where a storage gives large chunks and there are many
 * downloads, each reads a small range after the other instead.
 */
export class DownloadContent implements AsyncIterable<Uint8Array> {
  readonly #options: DownloadContentOptions;
  readonly #tag: string;
  readonly #end: number;
  #position: number;
  #content: OpenVersion["content"];
  #isOver = false;

  constructor({ info, range, content }: OpenVersion, options: DownloadContentOptions) {
    const { start, end } = range === "whole" ? { start: 0, end: info.size } : range;
    this.#options = options;
    this.#tag = entityTag(info);
    this.#position = start;
    this.#end = end;
    this.#content = content;
    content.on("error", () => {}); // the iterator tells; without one it harms nobody
    options.downloads.count++;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* this.#given();
      while (this.#position < this.#end && !this.#isOver) yield* this.#next();
    } catch (error) {
      this.#options.onError(error);
      throw error;
    } finally {
      this.destroy();
    }
  }

  /** Lets go of the storage. */
  destroy(): void {
    this.#content.destroy();
    if (!this.#isOver) this.#options.downloads.count--;
    this.#isOver = true;
  }

  /** What is open, up to the first chunk that is too large for the moment. */
  async *#given(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of this.#content) {
      if (this.#options.downloads.isTooMuch(chunk.length)) return;
      this.#position += chunk.length;
      yield chunk;
    }
  }

  async *#next(): AsyncGenerator<Uint8Array, void, void> {
    const start = this.#position;
    const { downloads, open } = this.#options;
    const { info, content } = await open(downloads.window({ start, end: this.#end }));
    this.#content = content;
    if (entityTag(info) !== this.#tag) {
      throw new StowageError("SOURCE_CHANGED", "the backup was replaced while it was downloaded", { key: info.key });
    }
    yield* this.#given();
  }
}
