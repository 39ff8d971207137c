import { raceAbort } from "../abort.ts";

interface Attempt {
  readonly promise: Promise<void>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Opens something once for any number of callers. A failed attempt is forgotten, so that the next caller
 * tries again; an attempt that nobody waits for any more is aborted.
 */
export class OpenOnce {
  readonly #open: (signal: AbortSignal) => Promise<void>;
  #attempt: Attempt | undefined;
  #settled: Promise<void> = Promise.resolve();
  #isOpen = false;

  constructor(open: (signal: AbortSignal) => Promise<void>) {
    this.#open = open;
  }

  /** Resolves when open. Rejects with the attempt's own error, or with the signal's reason. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#isOpen) return;
    this.#attempt ??= this.#start();
    const attempt = this.#attempt;
    attempt.waiters++;
    try {
      await raceAbort(attempt.promise, signal);
    } finally {
      attempt.waiters--;
      if (attempt.waiters === 0) this.#leave(attempt);
    }
  }

  /** Resolves when no attempt is running. Never rejects. */
  settled(): Promise<void> {
    return this.#settled;
  }

  #start(): Attempt {
    const controller = new AbortController();
    const previous = this.#settled;
    const promise = previous.then(() => this.#open(controller.signal)).then(() => this.#succeed());
    this.#settled = promise.catch(() => {});
    return { promise, controller, waiters: 0 };
  }

  #succeed(): void {
    this.#isOpen = true;
  }

  #leave(attempt: Attempt): void {
    attempt.controller.abort();
    if (this.#attempt === attempt) this.#attempt = undefined;
  }
}
