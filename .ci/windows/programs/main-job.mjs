// Create, verify, restore, extract, download, upload and recover, with threads, and beside a database in use where this Node can copy it.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import { inScratch, treeOf, writeTree } from "./scratch.mjs";

const sqlite = process.getBuiltinModule?.("node:sqlite");
const BEFORE = {
  "notes.txt": "hello",
  "logs/deep/er/app.log": "a line\n".repeat(400_000),
  "uploads/random.bin": randomBytes(2_000_000),
  "uploads/empty": "",
  "cache/left-out": "of no use",
  ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/${index}.txt`, `file ${index}`])),
};

let threads = 0;
process.on("worker", () => {
  threads += 1;
});
await inScratch(async (scratch) => {
  const dataDir = join(scratch, "data");
  writeTree(dataDir, BEFORE);
  const database = openDatabase(dataDir);
  const manager = new BackupManager({
    dataDir,
    filesystem: localFilesystem({ directory: join(scratch, "backups") }),
    exclude: ["cache\\**", ".\\temp"],
    hooks: { beforeSwap: () => database?.close() },
  });
  await manager.recover();
  const made = await manager.create();
  assert.deepEqual(made.warnings, []);
  await manager.verify(made.key);
  const backedUp = treeOf(dataDir);
  writeTree(dataDir, { "notes.txt": "changed", "new.txt": "came later", "many/1.txt": "changed" });

  await manager.restore(made.key);

  const restored = treeOf(dataDir);
  for (const tree of [backedUp, restored]) for (const name of ["app.db", "app.db-wal", "app.db-shm"]) delete tree[name];
  assert.deepEqual(restored, backedUp);
  if (sqlite?.backup) assert.equal(rowsOf(dataDir), 500);
  const selected = await manager.extract(made.key, { to: join(scratch, "out"), select: ["many\\1*.txt"] });
  assert.equal(selected.entries, 111);
  assert.equal(Object.keys(treeOf(join(scratch, "out"))).length, 111);
  await backUpAmongTheData(scratch, dataDir);
  await uploadAgain(manager, made.key);
  assert.ok(!existsSync(join(dataDir, ".stowage")));
  await manager.close();
  assert.ok(threads > 0, "threads run");
  const copied = sqlite?.backup ? ", a database in use among them" : "";
  console.log(
    `create, verify, restore and extract: ${made.entries} entries in ${made.size} bytes${copied}, ${threads} threads`,
  );
});

async function uploadAgain(manager, key) {
  const { content } = await manager.download(key);
  await manager.upload("again.zip", content);
  assert.equal((await manager.list()).length, 2);
}

/** By another spelling of a directory that is there: a backup must not hold itself. */
async function backUpAmongTheData(scratch, dataDir) {
  writeTree(dataDir, { "store/left.zip": "an older backup" });
  const filesystem = localFilesystem({ directory: join(scratch, "DATA", "Store") });
  const manager = new BackupManager({ dataDir, filesystem });
  const { key } = await manager.create();
  const names = (await manager.entries(key)).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => /^store/i.test(name)),
    [],
  );
  await manager.close();
}

function openDatabase(dataDir) {
  if (!sqlite?.backup) return undefined;
  const database = new sqlite.DatabaseSync(join(dataDir, "app.db"));
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE entries (text)");
  for (let row = 0; row < 500; row += 1) database.prepare("INSERT INTO entries VALUES (?)").run(`row ${row}`);
  return database;
}

function rowsOf(dataDir) {
  const database = new sqlite.DatabaseSync(join(dataDir, "app.db"));
  const [{ count }] = database.prepare("SELECT count(*) AS count FROM entries").all();
  database.close();
  return count;
}
