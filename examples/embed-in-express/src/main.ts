import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import { makeApplication } from "./make-application.ts";
import { makeRoundTrip } from "./make-round-trip.ts";

// Starts the application over a directory made on the spot, makes one round trip, and ends.
const dataDir = await mkdtemp(join(tmpdir(), "stowage-express-"));
await writeFile(join(dataDir, "notes.txt"), "precious");
const filesystem = localFilesystem({ directory: join(dataDir, "backups") });
const manager = new BackupManager({ dataDir, filesystem, requiredFiles: ["notes.txt"] });
await manager.recover(); // finishes a restore that was interrupted, before the application opens its files
const token = randomBytes(32).toString("base64url");
const server = makeApplication(manager, token).listen(0, "127.0.0.1");
server.requestTimeout = 0; // else Node ends uploads of over 300 s
try {
  await once(server, "listening");
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  await makeRoundTrip(`http://127.0.0.1:${address.port}`, token);
} finally {
  server.closeAllConnections();
  server.close();
  await manager.close();
  await rm(dataDir, { recursive: true });
}
