import type { ByteRange } from "./byte-range.ts";

/** How many downloads may each hold as much as the storage hands out at a time. */
const GENEROUS_DOWNLOADS = 24;
/** What each of more downloads may hold, in bytes. */
const WINDOW_SIZE = 128 * 1024;

/** The downloads of one handler that are under way, and what each of them may hold. */
export class Downloads {
  count = 0;
  #hasLargeChunks = false;

  /** Whether a chunk of so many bytes is more than one download may hold at the moment. */
  isTooMuch(size: number): boolean {
    if (size > WINDOW_SIZE) this.#hasLargeChunks = true;
    return size > WINDOW_SIZE && this.count > GENEROUS_DOWNLOADS;
  }

  /** As much of a range as may be opened at once: all of it, unless the storage gives large chunks and there are many downloads. */
  window({ start, end }: ByteRange): ByteRange {
    const isNarrow = this.#hasLargeChunks && this.count > GENEROUS_DOWNLOADS;
    return isNarrow ? { start, end: Math.min(start + WINDOW_SIZE, end) } : { start, end };
  }
}
