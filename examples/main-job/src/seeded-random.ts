import { createCipheriv } from "node:crypto";

const WORDS =
  "amber basil cedar delta ember fjord grove harbor indigo juniper kelp lilac maple nectar olive pine quartz";

/** Numbers that look random and are the same for the same seed (the mulberry32 generator). */
export class SeededRandom {
  readonly #words = WORDS.split(" ");
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to but not including 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  word(): string {
    return `${this.#words[this.below(this.#words.length)]}-${this.below(10_000)}`;
  }
}

/** Yields chunks of 64 KiB that no compression makes smaller: a cipher's key stream. */
export function* randomBytesOf(random: SeededRandom): Generator<Uint8Array, never> {
  const key = Buffer.alloc(32);
  key.writeUInt32LE(random.below(2 ** 32));
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  const zeros = Buffer.alloc(64 * 1024);
  for (;;) yield cipher.update(zeros);
}
