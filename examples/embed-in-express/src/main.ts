import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupManager, recover } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import { addNotes } from "./add-notes.ts";
import { backUpNotes } from "./back-up-notes.ts";
import { makeApplication } from "./make-application.ts";
import { makeRoundTrip } from "./make-round-trip.ts";
import { openDatabase } from "./open-database.ts";

// Starts the application over a directory made on the spot, makes one round trip, backs its database up while it is written, and ends.
const directory = await mkdtemp(join(tmpdir(), "stowage-express-"));
const dataDir = join(directory, "data");
await mkdir(dataDir);
await writeFile(join(dataDir, "notes.txt"), "precious");
const filesystem = localFilesystem({ directory: join(dataDir, "backups") });
await recover(dataDir); // finishes a restore that was interrupted, before the application opens its files
const database = openDatabase(join(dataDir, "notes.db"));
database?.exec("PRAGMA journal_mode = wal; CREATE TABLE notes (note)");
const databases = database?.backup ? { "notes.db": { backup: database.backup.bind(database) } } : "auto";
const manager = new BackupManager({ dataDir, filesystem, databases, requiredFiles: ["notes.txt"] });
const token = randomBytes(32).toString("base64url");
const application = makeApplication(manager, token);
if (database) addNotes(application, database);
const server = application.listen(0, "127.0.0.1");
server.requestTimeout = 0; // else Node ends uploads of over 300 s
try {
  await once(server, "listening");
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  const url = `http://127.0.0.1:${address.port}`;
  await makeRoundTrip(url, token);
  if (database) await backUpNotes(url, { manager, dataDir });
  else console.log("SKIPPED: a living database, because Node is older than 22.16 and better-sqlite3 is not installed");
} finally {
  server.closeAllConnections();
  server.close();
  await manager.close();
  database?.close();
  await rm(directory, { recursive: true });
}
