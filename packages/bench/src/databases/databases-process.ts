import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import { SeededRandom } from "@stowage/test-kit/random";
import { DATABASE, type DatabasesOrder } from "./databases-order.ts";

// A process of its own for one job: it prints what it measured or found.
const KEY = "backup.zip";
const ROW_SIZE = 1000;
const ROWS_AT_ONCE = 1000;
/** What SQLite may write anew in a copy: counters and its own version, in the header of the file. */
const HEADER_SIZE = 100;

const order = JSON.parse(process.argv[2] ?? "{}") as DatabasesOrder;
process.stdout.write(JSON.stringify(await run(order)));

async function run(order: DatabasesOrder): Promise<object> {
  if (order.job === "fill") return fill(order);
  return order.job === "create" ? create(order) : check(order);
}

/** Makes a table of rows, of which about a half compresses. */
function fill({ path, size, seed }: Extract<DatabasesOrder, { job: "fill" }>): object {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite" as "node:fs") as unknown as {
    DatabaseSync: new (
      path: string,
    ) => {
      exec(sql: string): void;
      prepare(sql: string): { run(value: string): void };
      close(): void;
    };
  };
  const database = new DatabaseSync(path);
  const random = new SeededRandom(seed);
  database.exec("PRAGMA synchronous = off; CREATE TABLE rows (id INTEGER PRIMARY KEY, text)");
  const insert = database.prepare("INSERT INTO rows (text) VALUES (?)");
  for (let row = 0; row < size / ROW_SIZE; row += 1) {
    if (row % ROWS_AT_ONCE === 0) database.exec(row === 0 ? "BEGIN" : "COMMIT; BEGIN");
    insert.run(hexOf(random));
  }
  database.exec("COMMIT");
  database.close();
  return {};
}

function hexOf(random: SeededRandom): string {
  let text = "";
  while (text.length < ROW_SIZE) text += random.below(2 ** 32).toString(16);
  return text;
}

/** The call alone, in a process that has made no backup before. */
async function create({ dataDir, directory }: Extract<DatabasesOrder, { job: "create" }>): Promise<object> {
  await using filesystem = localFilesystem({ directory });
  await using manager = new BackupManager({ dataDir, filesystem, lock: "process" });
  const startedAt = performance.now();
  const { size, warnings } = await manager.create({ name: KEY });
  return { wallMs: performance.now() - startedAt, size, warnings };
}

/** Verifies the backup, extracts it, and compares the database with that of the data. Says what is wrong, if anything. */
async function check({ dataDir, directory, to }: Extract<DatabasesOrder, { job: "check" }>): Promise<object> {
  await using filesystem = localFilesystem({ directory });
  await using manager = new BackupManager({ dataDir, filesystem });
  const { warnings } = await manager.verify(KEY);
  await mkdir(to);
  await manager.extract(KEY, { to });
  const [expected, found] = [dataDir, to].map((place) => readFileSync(join(place, DATABASE)).subarray(HEADER_SIZE));
  await rm(join(directory, KEY));
  if (warnings.length > 0) return { problem: JSON.stringify(warnings) };
  return expected && found?.equals(expected) ? {} : { problem: "the database differs" };
}
