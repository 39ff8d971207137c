import type { SeededRandom } from "@stowage/test-kit/random";
import type { ContentPool } from "./content-pool.ts";

const PAGE_SIZE = 4_096;
const PAGES_PER_CHUNK = 64;
const HEADER_SIZE = 8;
const TABLE_LEAF = 0x0d;
const INDEX_LEAF = 0x0a;
const MOST_CELLS = 200;
/** One page in five holds an index, as in a database with a few of them. */
const INDEX_EVERY = 5;
const START_SECONDS = 1_700_000_000;

/**
 * Makes a file that is built and compresses like a SQLite database of an application: b-tree leaf pages of 4 KiB with rows of
 * ids, times, names, prose, JSON, numbers and a blob now and then, and index pages
 * (https://www.sqlite.org/fileformat.html, sections 1.6 and 2). It lacks the header, so that nothing takes it for a database.
 */
export function* databasePages(size: number, pool: ContentPool, random: SeededRandom): Generator<Buffer, void, void> {
  const rows = new Rows(pool, random);
  for (let written = 0; written < size; ) {
    const chunk = Buffer.alloc(PAGE_SIZE * PAGES_PER_CHUNK);
    for (let page = 0; page < PAGES_PER_CHUNK; page++) {
      const isIndex = page % INDEX_EVERY === INDEX_EVERY - 1;
      fillPage(chunk.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), isIndex, rows);
    }
    yield chunk.subarray(0, Math.min(chunk.length, size - written));
    written += chunk.length;
  }
}

/** Cells grow from the end of a page towards the array of pointers to them, and leave the gap that inserts need. */
function fillPage(page: Buffer, isIndex: boolean, rows: Rows): void {
  const least = rows.gap();
  let end = PAGE_SIZE;
  let count = 0;
  while (count < MOST_CELLS) {
    const cell = isIndex ? rows.indexCell() : rows.tableCell();
    const pointer = HEADER_SIZE + 2 * count;
    if (end - cell.length < pointer + 2 + least) break;
    end -= cell.length;
    cell.copy(page, end);
    page.writeUInt16BE(end, pointer);
    count++;
  }
  page.writeUInt8(isIndex ? INDEX_LEAF : TABLE_LEAF, 0);
  page.writeUInt16BE(count, 3);
  page.writeUInt16BE(end, 5);
}

class Rows {
  readonly #pool: ContentPool;
  readonly #random: SeededRandom;
  #rowId = 1_000_000;
  #seconds = START_SECONDS;

  constructor(pool: ContentPool, random: SeededRandom) {
    this.#pool = pool;
    this.#random = random;
  }

  /** Bytes that a page keeps free. */
  gap(): number {
    return this.#random.below(PAGE_SIZE / 4);
  }

  tableCell(): Buffer {
    const random = this.#random;
    this.#seconds += random.below(90);
    const created = timeText(this.#seconds);
    const person = this.#id().slice(0, 8);
    const json = `{"tags":["${random.below(40)}","${random.below(40)}"],"views":${random.below(5_000)},"public":${random.below(2) === 0}}`;
    const values = [this.#id(), created, created, `user.${person}@example.com`, this.#title(), json];
    const body = this.#pool.someText(random.spread(40, 1_200));
    const blob = random.below(8) === 0 ? this.#pool.someNoise(random.between(32, 512)) : Buffer.alloc(0);
    return this.#cell(Buffer.from(values.join(""), "latin1"), [...values.map(textType), textType(body)], [body, blob]);
  }

  indexCell(): Buffer {
    return this.#cell(Buffer.from(this.#id()), [43], []);
  }

  /** Size, row id and serial types come before the values (section 2.1 of the file format). */
  #cell(values: Buffer, types: readonly number[], rest: readonly Buffer[]): Buffer {
    const numbers = Buffer.alloc(12);
    numbers.writeUInt16BE(this.#random.below(1_000), 2);
    numbers.writeDoubleBE(Math.round(this.#random.next() * 1e4) / 100, 4);
    const content = Buffer.concat([values, numbers, ...rest]);
    const header = [
      ...varint(content.length),
      ...varint(this.#rowId++),
      types.length + 3,
      ...types.flatMap(varint),
      2,
      7,
    ];
    return Buffer.concat([Buffer.from(header), content]);
  }

  #title(): string {
    return this.#pool.someText(this.#random.between(8, 60)).toString("latin1");
  }

  /** Fifteen letters and digits, as PocketBase's. */
  #id(): string {
    const third = () =>
      this.#random
        .below(36 ** 5)
        .toString(36)
        .padStart(5, "0");
    return third() + third() + third();
  }
}

/** Texts have odd types: twice their length and 13. */
function textType({ length }: { readonly length: number }): number {
  return 13 + 2 * length;
}

/** Seven bits a byte, the highest first. */
function varint(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace("T", " ");
}
