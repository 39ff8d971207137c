// What an application does: it backs its data up while it has a log open and, where this runtime has SQLite, a database;
// verifies the archive, restores it, and compares. Bundled in each way, so that it imports as an application does.
import { subscribe } from "node:diagnostics_channel";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";

const FILES = 200;
const ROUNDS = 3;
const sqlite = process.getBuiltinModule?.("node:sqlite");
const canCopy = sqlite?.backup !== undefined && sqlite.DatabaseSync !== undefined;

/** Returns the milliseconds of the fastest of three creates, and what was started for all of them. Throws if anything is not as it was. */
export async function roundTrip() {
  const seen = { threads: 0, helpers: 0, warnings: [] };
  process.on("worker", () => seen.threads++);
  process.on(
    "warning",
    ({ code, message }) => code?.startsWith("STOWAGE") && seen.warnings.push(`${code}: ${message}`),
  );
  subscribe("child_process", () => seen.helpers++);
  const directory = mkdtempSync(join(tmpdir(), "stowage-build-"));
  try {
    return { ...(await backUpAndRestore(directory)), ...seen };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function backUpAndRestore(directory) {
  const dataDir = join(directory, "data");
  mkdirSync(dataDir);
  for (let index = 0; index < FILES; index++) writeFileSync(join(dataDir, `${index}.txt`), contentOf(index));
  const log = openSync(join(dataDir, "app.log"), "a");
  const database = canCopy ? databaseIn(dataDir) : undefined;
  const filesystem = localFilesystem({ directory: join(directory, "backups") });
  const manager = new BackupManager({
    dataDir,
    filesystem,
    workers: 2,
    hooks: { beforeSwap: () => database?.close() },
  });

  let createMs = Number.POSITIVE_INFINITY;
  let key;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    ({ key } = await manager.create());
    createMs = Math.min(createMs, performance.now() - started);
  }
  await manager.verify(key);
  writeFileSync(join(dataDir, "0.txt"), "spoilt");
  closeSync(log);
  await manager.restore(key);
  for (let index = 0; index < FILES; index++) {
    if (readFileSync(join(dataDir, `${index}.txt`), "utf8") !== contentOf(index))
      throw new Error(`${index}.txt differs`);
  }
  if (canCopy) assertRows(join(dataDir, "app.db"));
  const { threads: status } = manager.status();
  await manager.close();
  return { createMs: Math.round(createMs), database: canCopy, status };
}

function contentOf(index) {
  return Array.from({ length: 4000 }, (_, line) => `${index} ${line} ${(line * 2654435761 + index) % 1e9}\n`).join("");
}

function databaseIn(dataDir) {
  const database = new sqlite.DatabaseSync(join(dataDir, "app.db"));
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE notes (text); INSERT INTO notes VALUES ('precious')");
  return database;
}

function assertRows(path) {
  const database = new sqlite.DatabaseSync(path);
  const [row] = database.prepare("SELECT text FROM notes").all();
  database.close();
  if (row?.text !== "precious") throw new Error("app.db differs");
}
