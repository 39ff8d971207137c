import { Readable } from "node:stream";
import { StowageError } from "../../errors.ts";
import { checkedChunk } from "../driver-results.ts";

export interface ContentStreamOptions {
  /** The exact number of bytes that must come. */
  readonly size: number;
  /** Translates whatever the driver threw. */
  wrap(error: unknown): StowageError;
  /** Called once, when no more bytes are wanted or to be had. Stops the driver. */
  onClose(): void;
}

/**
 * A driver's bytes as a stream, counted: a body that ends too early or too late is an error, not an end.
 *
 * The first chunk is asked for at once. That starts a driver's generator, so that its `finally` runs
 * even if nobody ever reads: a generator that was not started has none to run.
 */
export class ContentStream extends Readable {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #options: ContentStreamOptions;
  #first: Promise<IteratorResult<Uint8Array>> | undefined;
  #received = 0;
  #hasEnded = false;

  constructor(content: AsyncIterable<Uint8Array>, options: ContentStreamOptions) {
    super({ highWaterMark: 1 });
    this.#options = options;
    this.#iterator = content[Symbol.asyncIterator]();
    this.#first = Promise.resolve(this.#iterator.next());
    this.#first.catch(() => {}); // thrown again when it is read
  }

  /** Destroys the stream from outside. A reader gets the error; without one it harms nobody. */
  abort(error: StowageError): void {
    this.on("error", () => {});
    this.destroy(error);
  }

  override _read(): void {
    this.#pushNext().catch((error: unknown) => this.destroy(this.#options.wrap(error)));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#options.onClose();
    if (!this.#hasEnded) this.#leave().catch(() => {});
    callback(error);
  }

  async #leave(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #pushNext(): Promise<void> {
    const chunk = await this.#next();
    if (this.destroyed) return;
    this.push(chunk);
  }

  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      const { done, value } = await (this.#first ?? this.#iterator.next());
      this.#first = undefined;
      if (done) return this.#end();
      const chunk = checkedChunk(value);
      this.#received += chunk.length;
      if (this.#received > this.#options.size) throw wrongSize("more than", this.#options.size);
      if (chunk.length > 0) return chunk;
    }
  }

  #end(): null {
    this.#hasEnded = true;
    if (this.#received < this.#options.size) throw wrongSize(`${this.#received} of`, this.#options.size);
    return null;
  }
}

/** Makes the error of a body that ends too early or too late. */
export function wrongSize(found: string, size: number): StowageError {
  return new StowageError("SIZE_MISMATCH", `the storage sent ${found} ${size} bytes`, { retryable: true });
}
