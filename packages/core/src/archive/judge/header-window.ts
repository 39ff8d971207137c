import type { ArchiveReader } from "../archive-reader.ts";

const GAP_MAX = 256 * 1024;
const WINDOW_SIZE_MAX = 8 * 1024 * 1024;
/** What a header usually needs beyond its fixed part: a name and the extra fields. */
const HEADER_SIZE_GUESS = 256;

/**
 * Reads small pieces of an archive in rising order with few reads: each read reaches on over all following headers whose
 * distance is small, and ends before a large content, which is skipped.
 */
export class HeaderWindow {
  readonly #reader: ArchiveReader;
  readonly #offsets: readonly number[];
  readonly #end: number;
  #next = 0;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** `offsets` are the positions of the headers, sorted; nothing is read at `end` or behind it. */
  constructor(reader: ArchiveReader, { offsets, end }: { offsets: readonly number[]; end: number }) {
    this.#reader = reader;
    this.#offsets = offsets;
    this.#end = end;
  }

  /** Returns `size` bytes from `offset` on, fewer at the end. At once if they were read before, which they mostly were. */
  read(offset: number, size: number): Buffer | Promise<Buffer> {
    const end = Math.min(offset + size, this.#end);
    const isHeld = offset >= this.#start && end <= this.#start + this.#bytes.length;
    if (isHeld) return this.#bytes.subarray(offset - this.#start, end - this.#start);
    return this.#move(offset, end).then(() => this.#bytes.subarray(0, end - offset));
  }

  async #move(start: number, end: number): Promise<void> {
    const bytes = await this.#reader.read(start, this.#reach(start, end));
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
  }

  #reach(start: number, end: number): number {
    let reached = end;
    while ((this.#offsets[this.#next] ?? this.#end) < start) this.#next += 1;
    for (let index = this.#next; index < this.#offsets.length; index += 1) {
      const offset = this.#offsets[index] ?? this.#end;
      const headerEnd = Math.min(offset + HEADER_SIZE_GUESS, this.#end);
      if (offset - reached > GAP_MAX || headerEnd - start > WINDOW_SIZE_MAX) break;
      reached = Math.max(reached, headerEnd);
    }
    return reached;
  }
}
