import type { Readable } from "node:stream";
import { bareError, S3RequestError } from "../bare-error.ts";

export type Piece =
  | { readonly chunk: Uint8Array; readonly failure?: never }
  | { readonly chunk?: never; readonly failure: unknown };

/** A body that fails when nothing of it comes for too long while somebody waits. */
export class IdleBody {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #idleTimeoutMs: number;

  constructor(stream: Readable, idleTimeoutMs: number) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#idleTimeoutMs = idleTimeoutMs;
    stream.on("error", () => {}); // it may break while nobody waits: `next` tells
  }

  /** The next chunk, or why there is none. */
  async next(): Promise<Piece> {
    const timer = setTimeout(() => this.#stream.destroy(this.#timeout()), this.#idleTimeoutMs);
    try {
      const { done, value } = await this.#chunks.next();
      return done ? { failure: new S3RequestError("IncompleteBody", "the body ended early") } : { chunk: value };
    } catch (error) {
      return { failure: bareError(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #timeout(): S3RequestError {
    return new S3RequestError("TimeoutError", `no byte came for ${this.#idleTimeoutMs} ms`);
  }
}
