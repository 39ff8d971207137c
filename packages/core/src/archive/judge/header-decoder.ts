import { type ArchiveEntry, centralHeaderSize, decodeCentralHeader } from "../format/central-header.ts";
import { invalidArchive } from "../format/invalid-archive.ts";
import type { NamePolicy } from "../format/normalized-name.ts";
import { hasOwnForm } from "../format/own-form.ts";

/** Headers between two looks at the clock: some 50 µs. */
const HEADERS_AT_ONCE = 32;

/** Decodes the headers of a central directory that comes in pieces, a while at a time. */
export class HeaderDecoder {
  readonly #entries: ArchiveEntry[] = [];
  readonly #count: number;
  readonly #names: NamePolicy;
  #isOurs = true;
  #bytes: Buffer = Buffer.alloc(0);
  #position = 0;

  /** Expects so many headers. */
  constructor(count: number, names: NamePolicy) {
    this.#count = count;
    this.#names = names;
  }

  /** Whether all headers so far have the form of those that are written here. */
  get isOurs(): boolean {
    return this.#isOurs && this.#entries.length > 0;
  }

  /** Adds the bytes that follow. */
  add(bytes: Buffer): void {
    const rest = this.#bytes.subarray(this.#position);
    this.#bytes = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
    this.#position = 0;
  }

  /** Decodes the headers that are there in full. Returns `false` if it stopped at that time (`performance.now()`) before the end. */
  decodeUntil(pauseAt: number): boolean {
    for (let header = this.#next(); header; header = this.#next()) {
      if (this.#entries.length === this.#count) throw tooMany(this.#count);
      this.#entries.push(decodeCentralHeader(header, this.#names));
      this.#isOurs &&= hasOwnForm(header);
      if (this.#entries.length % HEADERS_AT_ONCE === 0 && performance.now() >= pauseAt) return false;
    }
    return true;
  }

  /** Returns all entries. Refuses fewer than announced, and bytes that are left. */
  finish(): readonly ArchiveEntry[] {
    if (this.#position < this.#bytes.length) {
      throw invalidArchive("central-directory-malformed", "its last entry is cut off");
    }
    const found = this.#entries.length;
    if (found === this.#count) return this.#entries;
    throw invalidArchive(
      "entry-count",
      `${found} entries found, ${this.#count} announced; fetch it again, or pack it again`,
    );
  }

  #next(): Buffer | undefined {
    const size = centralHeaderSize(this.#bytes, this.#position);
    const end = this.#position + (size ?? Number.POSITIVE_INFINITY);
    if (end > this.#bytes.length) return undefined;
    const header = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return header;
  }
}

/** yauzl and others stop at the count, and unzip, Python, 7-Zip and Go go on: they would see other trees. */
function tooMany(count: number): Error {
  const writer = "Archive Utility of macOS keeps 16 bits of the count of more than 65,535 entries";
  const message = `more entries than the ${count} announced: ${writer}, and programs differ in what they read then; pack it again with \`zip -r\``;
  return invalidArchive("entry-count", message);
}
