import { setTimeout as delay } from "node:timers/promises";

/** Holds one transfer, which starts with it, back to so many bytes a second. */
export class Pace {
  readonly #bytesPerSecond: number;
  readonly #startedAt = performance.now();
  #moved = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when `size` more bytes may have passed. */
  async pass(size: number): Promise<void> {
    this.#moved += size;
    const dueMs = (this.#moved / this.#bytesPerSecond) * 1e3 - (performance.now() - this.#startedAt);
    if (dueMs > 1) await delay(dueMs);
  }
}
