import { createHash } from "node:crypto";

/** How often something may happen: `burst` times at once, and then once every `intervalMs` milliseconds. */
export interface Rate {
  readonly burst: number;
  readonly intervalMs: number;
}

/**
 * Token buckets, one per key, in bounded memory. A bucket is kept as the moment at which it is full again (the generic
 * cell rate algorithm), so a full bucket needs no memory at all.
 *
 * When there are too many, the one that is the first to be full again goes. To get rid of an empty bucket of his own,
 * somebody has to empty as many others as there can be.
 */
export class RateLimit {
  readonly #rate: Rate;
  readonly #maxKeys: number;
  readonly #now: () => number;
  readonly #fullAt = new Map<string, number>();

  constructor(rate: Rate, options: { maxKeys: number; now: () => number }) {
    this.#rate = rate;
    this.#maxKeys = options.maxKeys;
    this.#now = options.now;
  }

  /** How many buckets are kept. */
  get size(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes a token of the key and returns 0, or takes none and returns the milliseconds until there is one. `reserve` tokens are
   * not there for this taker.
   */
  take(key: string, reserve = 0): number {
    const { burst, intervalMs } = this.#rate;
    const slot = slotOf(key);
    const now = this.#now();
    const fullAt = Math.max(this.#fullAt.get(slot) ?? now, now) + intervalMs;
    const waitMs = fullAt - now - (burst - reserve) * intervalMs;
    if (waitMs > 0) return waitMs;
    if (!this.#fullAt.has(slot)) this.#makeRoom(now);
    this.#fullAt.set(slot, fullAt);
    return 0;
  }

  /** Says whether the key has a token. */
  hasOne(key: string): boolean {
    const { burst, intervalMs } = this.#rate;
    return (this.#fullAt.get(slotOf(key)) ?? 0) - this.#now() <= (burst - 1) * intervalMs;
  }

  /** Puts one token back. */
  giveBack(key: string): void {
    const slot = slotOf(key);
    const fullAt = this.#fullAt.get(slot);
    if (fullAt === undefined) return;
    if (fullAt - this.#rate.intervalMs <= this.#now()) this.#fullAt.delete(slot);
    else this.#fullAt.set(slot, fullAt - this.#rate.intervalMs);
  }

  #makeRoom(now: number): void {
    if (this.#fullAt.size < this.#maxKeys) return;
    let fullest: string | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [slot, fullAt] of this.#fullAt) {
      if (fullAt <= now) this.#fullAt.delete(slot);
      else if (fullAt < earliest) [fullest, earliest] = [slot, fullAt];
    }
    if (fullest !== undefined && this.#fullAt.size >= this.#maxKeys) this.#fullAt.delete(fullest);
  }
}

/** A key of any length takes the same memory. */
function slotOf(key: string): string {
  return createHash("sha256").update(key).digest("base64");
}
