import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytesOf, SeededRandom } from "./seeded-random.ts";

export interface DataDirectoryOptions {
  /** The same seed makes the same bytes. */
  readonly seed: number;
  /** How many files, about. At least 100. */
  readonly files: number;
  /** How many bytes in all, about. */
  readonly size: number;
}

const CHUNK_SIZE = 64 * 1024;
const PAGE_SIZE = 4096;

/**
 * Fills `directory` with what an application keeps: one large database file, logs, photos that do not
 * compress, many small records, names in many scripts, an empty file and an empty directory.
 */
export async function makeDataDirectory(directory: string, options: DataDirectoryOptions): Promise<void> {
  const random = new SeededRandom(options.seed);
  const photos = Math.ceil(options.files * 0.06);
  const logs = Math.ceil(options.files * 0.012);
  const records = options.files - photos - logs - ODD_NAMES.length - 2;

  await makeRecords(directory, records, random);
  await makeOddNames(directory);
  await makeLarge(join(directory, "store.db"), options.size * 0.4, databasePages(random));
  for (let index = 1; index <= logs; index += 1) {
    await makeLarge(join(directory, "logs", `app-${pad(index)}.log`), (options.size * 0.25) / logs, logLines(random));
  }
  for (let index = 1; index <= photos; index += 1) {
    const size = ((options.size * 0.35) / photos) * (0.5 + random.next());
    await makeLarge(join(directory, "photos", `photo-${pad(index)}.jpg`), size, randomBytesOf(random));
  }
}

const ODD_NAMES = [
  "uploads/Übersicht – Größe.txt",
  "uploads/写真/夕焼け 🌅.txt",
  "uploads/مرحبا.txt",
  "uploads/100% + a 'quoted' name @home.txt",
];

async function makeOddNames(directory: string): Promise<void> {
  for (const name of ODD_NAMES) await makeFile(join(directory, name), `${name}\n`);
  await makeFile(join(directory, "empty.txt"), "");
  await mkdir(join(directory, "cache", "thumbnails"), { recursive: true });
}

async function makeRecords(directory: string, count: number, random: SeededRandom): Promise<void> {
  for (let id = 1; id <= count; id += 1) {
    const items = Array.from({ length: 5 + random.below(40) }, () => ({
      sku: random.word(),
      amount: random.below(1000),
    }));
    const record = { id, customer: random.word(), paid: random.below(2) === 1, items };
    await makeFile(
      join(directory, "records", String(id % 32), `record-${pad(id)}.json`),
      JSON.stringify(record, null, 2),
    );
  }
}

async function makeFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Writes `size` bytes in chunks, so that memory stays small however large the file is. */
async function makeLarge(path: string, size: number, chunks: Iterator<Uint8Array, never>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  try {
    for (let left = Math.floor(size); left > 0; left -= CHUNK_SIZE) {
      await file.writeFile(chunks.next().value.subarray(0, left));
    }
  } finally {
    await file.close();
  }
}

function* logLines(random: SeededRandom): Generator<Uint8Array, never> {
  let second = 0;
  for (;;) {
    let text = "";
    while (text.length < CHUNK_SIZE) {
      second += random.below(3);
      text += `${new Date(1.7e12 + second * 1000).toISOString()} INFO ${random.word()} took ${random.below(900)} ms\n`;
    }
    yield Buffer.from(text, "latin1").subarray(0, CHUNK_SIZE);
  }
}

/** Pages as a database has them: a small header, rows of text and numbers, and free space. */
function* databasePages(random: SeededRandom): Generator<Uint8Array, never> {
  const chunk = Buffer.alloc(CHUNK_SIZE);
  for (;;) {
    chunk.fill(0);
    for (let page = 0; page < CHUNK_SIZE; page += PAGE_SIZE) {
      const end = page + PAGE_SIZE - random.below(PAGE_SIZE / 2);
      for (let at = page + 8; at < end - 24; at += 24) {
        chunk.writeUInt32LE(random.below(2 ** 31), at);
        chunk.write(random.word(), at + 4, 20, "latin1");
      }
    }
    yield chunk;
  }
}

function pad(number: number): string {
  return String(number).padStart(5, "0");
}
