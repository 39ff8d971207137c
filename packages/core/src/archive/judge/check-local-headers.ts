import { setImmediate } from "node:timers/promises";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { FLAG_DESCRIPTOR, LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import { checkDescriptor, checkLocalHeader, localHeaderSize } from "./check-local-header.ts";
import type { PlacedEntry } from "./placed-entry.ts";

/** After so many headers the process gets to do something else. */
const ENTRIES_AT_ONCE = 500;

/** Checks the local headers of entries whose contents are not read. Refuses each that does not say what the directory says. */
export async function checkLocalHeaders(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const end = entries[0]?.directoryOffset ?? 0;
  const window = new HeaderWindow(reader, { offsets: entries.map((entry) => entry.headerOffset), end });
  for (const [index, entry] of entries.entries()) {
    if (index % ENTRIES_AT_ONCE === 0) await setImmediate();
    if (signal.aborted) throw abortError(signal);
    const fixed = await window.read(entry.headerOffset, LOCAL_HEADER_SIZE);
    const headerSize = localHeaderSize(fixed, entry);
    checkLocalHeader(await window.read(entry.headerOffset, headerSize), entry);
    if (!(entry.flags & FLAG_DESCRIPTOR)) continue;
    const contentEnd = entry.headerOffset + headerSize + entry.compressedSize;
    checkDescriptor(await window.read(contentEnd, DESCRIPTOR_SIZE_MAX), entry, contentEnd);
  }
}

const GAP_MAX = 256 * 1024;
const WINDOW_SIZE_MAX = 8 * 1024 * 1024;
/** What a header usually needs beyond its fixed part: a name and the extra fields. */
const HEADER_SIZE_GUESS = 256;

/**
 * Reads small pieces of an archive in rising order with few reads: each read reaches on over all following headers whose
 * distance is small, and ends before a large content, which is skipped.
 */
class HeaderWindow {
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
