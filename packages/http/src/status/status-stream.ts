import type { UnderlyingSource } from "node:stream/web";
export interface StatusStreamOptions {
  /** Returns the status of the moment. */
  readonly status: () => object;
  readonly heartbeatMs: number;
  /** Ends the stream when the client has left. */
  readonly signal: AbortSignal;
  /** Called once, when nobody reads any more. */
  readonly onClose: () => void;
}

/** How often a change is told at most, in milliseconds: progress comes with each chunk. */
const PACE_MS = 200;

/**
 * The status as server-sent events: `event: status` with the whole status as its data, at once and after each change, and a
 * comment as a heartbeat. A slow reader misses states, never the last one, and nothing is queued for it.
 */
export class StatusStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: StatusStreamOptions;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #leave = () => this.#close();
  #reader: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isChanged = true;
  #toldAt = Number.NEGATIVE_INFINITY;
  #pace: NodeJS.Timeout | undefined;

  constructor(options: StatusStreamOptions) {
    this.#options = options;
    const source: UnderlyingSource<Uint8Array> = { pull: (reader) => this.#await(reader), cancel: this.#leave };
    this.body = new ReadableStream(source, { highWaterMark: 0 }); // asks for something only while a read waits
    this.#heartbeat = setInterval(() => this.#send(": still here\n\n"), options.heartbeatMs).unref();
    options.signal.addEventListener("abort", this.#leave, { once: true });
  }

  /** Takes note that the status is another one. */
  changed(): void {
    this.#isChanged = true;
    if (this.#reader) this.#tellSoon();
  }

  #await(reader: ReadableStreamDefaultController<Uint8Array>): void {
    this.#reader = reader;
    if (this.#isChanged) this.#tellSoon();
  }

  /** Waits a moment at least: what an event is about is over only after its listeners have run. */
  #tellSoon(): void {
    const waitMs = Math.max(0, this.#toldAt + PACE_MS - performance.now());
    this.#pace ??= setTimeout(() => this.#tell(), waitMs);
  }

  #tell(): void {
    this.#pace = undefined;
    if (!this.#reader) return;
    this.#isChanged = false;
    this.#toldAt = performance.now();
    this.#send(`event: status\ndata: ${JSON.stringify(this.#options.status())}\n\n`);
  }

  #send(text: string): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.enqueue(new TextEncoder().encode(text));
  }

  #close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pace);
    this.#options.signal.removeEventListener("abort", this.#leave);
    if (this.#options.signal.aborted) this.#reader?.close();
    this.#reader = undefined;
    this.#options.onClose();
  }
}
