// What Windows does not rename while it is open: a restore waits for it, and is undone if it stays open.

import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BackupManager } from "@stowage/core";
import { memoryFilesystem } from "@stowage/memory";
import { inScratch, whichTree, writeTree } from "./scratch.mjs";

const sqlite = process.getBuiltinModule?.("node:sqlite");
const OLD = { "a.txt": "old", "b.txt": "old", "z.txt": "old" };
const NEW = { "a.txt": "new", "b.txt": "new", "fresh.txt": "new" };

if (sqlite === undefined)
  console.log("not run: this Node has no SQLite, which opens files so that nobody can rename them");
else await inScratch(restoreBesideOpenFile);

async function restoreBesideOpenFile(scratch) {
  const filesystem = memoryFilesystem();
  const source = join(scratch, "source");
  writeTree(source, NEW);
  await new BackupManager({ dataDir: source, filesystem }).create({ name: "new.zip" });

  const staying = join(scratch, "staying");
  writeTree(staying, OLD);
  const open = openForever(join(staying, "b.txt"));
  const manager = new BackupManager({ dataDir: staying, filesystem });
  await assert.rejects(manager.restore("new.zip"), { code: "SWAP_FAILED" });
  open.close();
  assert.equal(whichTree(staying, { OLD, NEW }), "OLD", "the old data is in place");

  const passing = join(scratch, "passing");
  writeTree(passing, OLD);
  const soon = openForever(join(passing, "b.txt"));
  const hooks = { beforeSwap: () => void wait(1_000).then(() => soon.close()) };
  await new BackupManager({ dataDir: passing, filesystem, hooks }).restore("new.zip");
  assert.equal(whichTree(passing, { OLD, NEW }), "NEW", "what is closed in time is replaced");
  console.log("a file that is open for a second is waited for; one that stays open fails the restore, which is undone");
}

/** A text is no database, but SQLite opens it all the same, and says so when it is asked for something. */
function openForever(path) {
  const database = new sqlite.DatabaseSync(path);
  assert.throws(() => database.exec("PRAGMA schema_version"));
  return database;
}
