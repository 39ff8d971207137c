/** Calls back once nothing has happened for so many milliseconds. Starts stopped. */
export class IdleWatch {
  readonly #timeoutMs: number;
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, onIdle: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#onIdle = onIdle;
  }

  /** Something happened, or is waited for from this moment on. */
  restart(): void {
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setTimeout(this.#onIdle, this.#timeoutMs);
  }

  /** Nothing is waited for. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * Yields the chunks of a body. The watch runs while a chunk is waited for, not while the reader is busy: a slow reader is no dead
 * connection. `onIdle` has to make the body fail.
 */
export async function* watchedChunks(
  body: AsyncIterable<Uint8Array>,
  watch: IdleWatch,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    watch.restart();
    for await (const chunk of body) {
      watch.stop();
      yield chunk;
      watch.restart();
    }
  } finally {
    watch.stop();
  }
}
