/** A part of an archive, in memory that threads share. It is used for another segment once everybody has let go of this one. */
export class Segment {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
  readonly #onFree: () => void;
  #holders = 1;

  constructor(start: number, bytes: Buffer, onFree: () => void = () => {}) {
    this.start = start;
    this.end = start + bytes.length;
    this.bytes = bytes;
    this.#onFree = onFree;
  }

  covers(start: number, end: number): boolean {
    return start >= this.start && end <= this.end;
  }

  /** Returns the bytes from `start` up to `end`, by their offsets in the archive. */
  slice(start: number, end: number): Buffer {
    return this.bytes.subarray(start - this.start, end - this.start);
  }

  /** Keeps the memory as it is until {@link release} was called once more. */
  hold(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#onFree();
  }
}

/** Memory for segments that goes round: what is allocated for each comes back late. */
export class SegmentMemory {
  readonly #size: number;
  readonly #free: SharedArrayBuffer[] = [];

  /** `size` is that of most segments, in bytes. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Makes a segment of the bytes that `fill` puts into its memory. */
  async segment(start: number, end: number, fill: (memory: Buffer) => Promise<Buffer>): Promise<Segment> {
    const size = end - start;
    const memory = size > this.#size ? undefined : (this.#free.pop() ?? new SharedArrayBuffer(this.#size));
    const bytes = await fill(Buffer.from(memory ?? new SharedArrayBuffer(size), 0, size));
    return new Segment(start, bytes, () => {
      if (memory) this.#free.push(memory);
    });
  }
}
