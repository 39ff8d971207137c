import { SeededRandom } from "@stowage/test-kit/random";
import { ContentPool } from "./content-pool.ts";
import { databasePages } from "./database-pages.ts";
import type { TreeWriter } from "./tree-writer.ts";

const DATABASE_SIZE = 200_000_000;
const LOG_SIZE = 30_000_000;
const LOG_FILES = 10;
const MIXED_FILES = 1_500;
const LINES_PER_CHUNK = 2_000;

/** D1: what an application keeps: a database of 200 MB, logs of 30 MB and 1,500 uploads and pages, all times `scale`. */
export async function writeAppData(writer: TreeWriter, scale: number, seed: number): Promise<void> {
  const pool = new ContentPool(seed);
  const random = new SeededRandom(seed + 1);
  await writer.write("data.db", databasePages(Math.round(DATABASE_SIZE * scale), pool, random), 0o600);
  for (let index = 0; index < LOG_FILES; index++) {
    const size = Math.round((LOG_SIZE / LOG_FILES) * scale);
    await writer.write(`logs/requests-${index}.log`, logLines(size, random));
  }
  for (let index = 0; index < Math.round(MIXED_FILES * scale); index++)
    await writeMixedFile(writer, index, pool, random);
}

/** Of ten files four are pictures, which no deflate makes smaller; the others are pages, exports, scripts and documents. */
async function writeMixedFile(
  writer: TreeWriter,
  index: number,
  pool: ContentPool,
  random: SeededRandom,
): Promise<void> {
  const name = `storage/${(index % 40).toString(36)}/${index.toString(36).padStart(6, "0")}`;
  const kind = index % 10;
  if (kind < 4) return writer.write(`${name}.jpg`, [pool.someNoise(random.spread(4_000, 250_000))]);
  if (kind < 6) return writer.write(`${name}.html`, [pool.someText(random.spread(1_000, 60_000))]);
  if (kind < 8) return writer.write(`${name}.json`, [jsonOf(random.spread(500, 40_000), random)]);
  if (kind < 9) return writer.write(`${name}.sh`, [pool.someText(random.spread(200, 4_000))], 0o755);
  const half = random.spread(4_000, 100_000);
  return writer.write(`${name}.pdf`, [pool.someText(half), pool.someNoise(half)], 0o640);
}

function* logLines(size: number, random: SeededRandom): Generator<Buffer, void, void> {
  let milliseconds = 1_700_000_000_000;
  for (let written = 0; written < size; ) {
    const lines = Array.from({ length: LINES_PER_CHUNK }, () => {
      milliseconds += random.below(900);
      return logLine(milliseconds, random);
    });
    const chunk = Buffer.from(lines.join(""), "latin1").subarray(0, size - written);
    yield chunk;
    written += chunk.length;
  }
}

const PATHS = [
  "/api/collections/posts/records",
  "/api/collections/users/auth-refresh",
  "/api/files",
  "/",
  "/_/",
  "/api/realtime",
];

function logLine(milliseconds: number, random: SeededRandom): string {
  const time = new Date(milliseconds).toISOString();
  const [status, path] = [random.below(20) === 0 ? 404 : 200, PATHS[random.below(PATHS.length)]];
  const address = `10.${random.below(4)}.${random.below(256)}.${random.below(256)}`;
  return `${time} INFO GET ${path}?page=${random.below(50)} ${status} ${(random.next() * 80).toFixed(3)}ms ip=${address}\n`;
}

function jsonOf(size: number, random: SeededRandom): Buffer {
  const records = Array.from({ length: Math.ceil(size / 60) }, (_, index) => {
    return {
      id: index,
      score: random.below(10_000),
      key: random.below(2 ** 32).toString(36),
      ok: random.below(2) === 0,
    };
  });
  return Buffer.from(JSON.stringify(records)).subarray(0, size);
}
