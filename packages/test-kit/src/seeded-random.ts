/** A seeded generator of numbers from 0 up to 1 (mulberry32): the same seed gives the same numbers everywhere. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** An integer from `least` to below `end`, each octave as likely as the next: many are small, few are large. Exact everywhere. */
  spread(least: number, end: number): number {
    let octaves = 0;
    for (let bound = least; bound < end; bound *= 2) octaves++;
    let start = least;
    for (let left = this.below(octaves); left > 0; left--) start *= 2;
    return start + this.below(Math.min(2 * start, end) - start);
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** Bytes that do not compress. */
  bytes(size: number): Buffer {
    const bytes = Buffer.alloc(size);
    for (let index = 0; index < size; index += 1) bytes[index] = this.below(256);
    return bytes;
  }

  /** Bytes that compress like text. */
  text(size: number): Buffer {
    const words = Array.from({ length: 64 }, () => this.bytes(3 + this.below(6)).toString("base64"));
    const line = Array.from({ length: 4096 }, () => words[this.below(words.length)]).join(" ");
    return Buffer.alloc(size, line);
  }
}
