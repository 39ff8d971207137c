import { CHUNK_SIZE, type SeededContent } from "./seeded-content.ts";

/** Compares bytes that come in order with the content they should be, from a position on. Cheaper than a digest. */
export class ContentCheck {
  readonly #content: SeededContent;
  #position: number;
  #index = -1;
  #expected: Buffer = Buffer.alloc(0);

  constructor(content: SeededContent, position: number) {
    this.#content = content;
    this.#position = position;
  }

  /** Where the next byte belongs. */
  get position(): number {
    return this.#position;
  }

  /** Throws for a byte that differs, or that lies behind the content's end. */
  update(bytes: Buffer): void {
    for (let offset = 0; offset < bytes.length; ) {
      const { expected, within } = this.#expectation();
      const length = Math.min(bytes.length - offset, expected.length - within);
      const isEqual = length > 0 && bytes.compare(expected, within, within + length, offset, offset + length) === 0;
      if (!isEqual) throw new Error(`the bytes from ${this.#position} on are not those of the content`);
      offset += length;
      this.#position += length;
    }
  }

  #expectation(): { expected: Buffer; within: number } {
    const index = Math.floor(this.#position / CHUNK_SIZE);
    if (index !== this.#index) this.#expected = this.#content.chunk(index);
    this.#index = index;
    return { expected: this.#expected, within: this.#position - index * CHUNK_SIZE };
  }
}
