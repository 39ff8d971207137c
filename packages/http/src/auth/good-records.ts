import { createHash } from "node:crypto";

const MAX_RECORDS = 1_000;

/**
 * Remembers who has logged in from where: the last 1,000 pairs of an address and an identity. Only somebody who knows a password
 * adds to them, so nobody else can push one out.
 */
export class GoodRecords {
  readonly #records = new Set<string>();

  has(pair: string): boolean {
    return this.#records.has(slotOf(pair));
  }

  add(pair: string): void {
    const slot = slotOf(pair);
    this.#records.delete(slot);
    this.#records.add(slot);
    const [oldest] = this.#records;
    if (this.#records.size > MAX_RECORDS && oldest !== undefined) this.#records.delete(oldest);
  }
}

/** A pair of any length takes the same memory. */
function slotOf(pair: string): string {
  return createHash("sha256").update(pair).digest("base64");
}
