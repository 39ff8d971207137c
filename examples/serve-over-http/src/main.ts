import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeServer } from "./make-server.ts";
import { useSdk } from "./use-sdk.ts";

// Serves the backups of a directory made on the spot, uses them, and ends. `npm start -- --keep` goes on serving.
const home = await mkdtemp(join(tmpdir(), "stowage-serve-"));
const dataDir = join(home, "data");
await mkdir(dataDir);
await writeFile(join(dataDir, "notes.txt"), "precious");

const email = "admin@example.com";
const password = randomBytes(12).toString("base64url");
const { manager, server } = await makeServer({ dataDir, directory: join(home, "backups"), email, password });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
assert(typeof address === "object" && address !== null);
const url = `http://127.0.0.1:${address.port}`;
console.log(`${url}\n${email}\n${password}`);

try {
  await useSdk({ url, email, password }, dataDir);
  await manager.confirm(); // what was restored is good: what it replaced goes; rollback() would bring that back
  if (process.argv.includes("--keep")) await once(process, "SIGINT");
} finally {
  server.closeAllConnections();
  server.close();
  await manager.close();
  await rm(home, { recursive: true });
}
