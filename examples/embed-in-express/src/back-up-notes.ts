import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BackupManager } from "@stowage/core";
import { type Database, openDatabase } from "./open-database.ts";

/** Takes notes for as long as a backup is made, and finds in it all those that were there before, in a sound database. */
export async function backUpNotes(
  url: string,
  { manager, dataDir }: { manager: BackupManager; dataDir: string },
): Promise<void> {
  for (let note = 0; note < 100; note += 1) await takeNote(url, `before ${note}`);
  let isCreating = true;
  const writing = (async () => {
    for (let note = 0; isCreating; note += 1) await takeNote(url, `meanwhile ${note}`);
  })();
  const { warnings } = await manager.create({ name: "notes.zip" }).finally(() => {
    isCreating = false;
  });
  await writing;
  assert.deepEqual(warnings, []);

  const to = join(dataDir, "..", "restored");
  await manager.extract("notes.zip", { to, select: ["notes.db"] });
  const copy = openDatabase(join(to, "notes.db"));
  assert(copy);
  console.log("notes in the backup:", notesIn(copy));
  copy.close();
  await rm(to, { recursive: true });
}

async function takeNote(url: string, note: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const { status } = await fetch(`${url}/notes`, { method: "POST", headers, body: JSON.stringify({ note }) });
  assert.equal(status, 201);
}

function notesIn(copy: Database): number {
  assert.deepEqual({ ...(copy.prepare("PRAGMA integrity_check").get() as object) }, { integrity_check: "ok" });
  const { count } = copy.prepare("SELECT count(*) AS count FROM notes").get() as { count: number };
  assert(count >= 100);
  return count;
}
