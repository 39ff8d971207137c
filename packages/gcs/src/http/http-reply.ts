import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { IdleWatch, watchedChunks } from "@stowage/core/driver";
import { GcsError, networkError } from "../gcs-error.ts";

const MAX_TEXT_SIZE = 16 * 1024 * 1024;

/** The head of an answer, and its body for one reader. A body that is not read to its end must be discarded. */
export class HttpReply implements AsyncIterable<Uint8Array> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ClientRequest;
  readonly #options: { readonly signal: AbortSignal; readonly idleTimeoutMs: number };

  constructor(
    incoming: IncomingMessage,
    outgoing: ClientRequest,
    options: { signal: AbortSignal; idleTimeoutMs: number },
  ) {
    incoming.on("error", () => {}); // the reader of the body is told; without a reader there is nobody to tell
    this.status = incoming.statusCode ?? 0;
    this.headers = incoming.headers;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#options = options;
  }

  /** One header, if it came once. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return typeof value === "string" ? value : undefined;
  }

  /**
   * Yields the body. The idle timeout runs while a chunk is waited for, not while the reader is busy. A body
   * that breaks off, or is shorter than its declared length, throws.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    const { signal, idleTimeoutMs } = this.#options;
    const watch = new IdleWatch(idleTimeoutMs, () =>
      this.#stop(new GcsError("idle", `no byte came for ${idleTimeoutMs} ms`)),
    );
    const abort = () => this.discard();
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      yield* watchedChunks(this.#incoming, watch);
    } catch (error) {
      signal.throwIfAborted();
      throw networkError(error);
    } finally {
      signal.removeEventListener("abort", abort);
      this.discard();
    }
  }

  /** Reads the body as UTF-8, up to 16 MiB of it. */
  async text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this) {
      size += chunk.length;
      if (size > MAX_TEXT_SIZE) throw new GcsError("malformed", `the answer is longer than ${MAX_TEXT_SIZE} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  /** Closes the connection, unless the exchange is complete. */
  discard(): void {
    if (this.#incoming.complete && this.#outgoing.writableFinished) return;
    this.#stop(new GcsError("network", "the answer was discarded"));
  }

  #stop(reason: GcsError): void {
    this.#incoming.destroy(reason);
    this.#outgoing.destroy(reason);
  }
}
