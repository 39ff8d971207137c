// A server of the REST API over an empty storage and a little data, as PocketBase's own tests have one.

import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { BackupManager } from "../../packages/core/dist/index.js";
import { adminAuthentication, createBackupsHandler, hashPassword } from "../../packages/http/dist/index.js";
import { toNodeListener } from "../../packages/http/dist/node.js";
import { localFilesystem } from "../../packages/local/dist/index.js";

const EMAIL = "test@example.com";
const PASSWORD = "1234567890";
const SECRET = "a secret that signs the tokens of these tests";
/** Who is known to the application around the handler, and no admin. */
const USER = { auth: "a-token-of-a-user", file: "a-file-token-of-a-user" };
/** Names in the directory, which the downloaded archives must show. */
const DATA = { "data.db": "records", "auxiliary.db": "logs", "storage/collection/record/file.txt": "an upload" };

/** The built-in authentication, within an application that knows users too. */
export async function makeAuthentication() {
  const admins = [{ email: EMAIL, passwordHash: await hashPassword(PASSWORD) }];
  const builtIn = adminAuthentication({ admins, secret: SECRET });
  const auth = {
    authenticate: (asked, info) =>
      asked.headers.get("authorization") === USER.auth ? "user" : builtIn.authenticate(asked, info),
    checkFileToken: (token) => (token === USER.file ? "user" : builtIn.checkFileToken(token)),
    createFileToken: (asked) => builtIn.createFileToken(asked),
    handle: (asked, info) => builtIn.handle(asked, info),
  };
  const shortLived = adminAuthentication({ admins, secret: SECRET, fileTokenSeconds: 1 });
  return { auth, tokens: await obtainTokens(auth, shortLived) };
}

/** Starts a server. `close` ends it and removes all that it stored. */
export async function startBed(auth) {
  const place = mkdtempSync(join(tmpdir(), "stowage-pocketbase-"));
  const dataDir = join(place, "data");
  for (const [name, text] of Object.entries(DATA)) {
    mkdirSync(join(dataDir, name, ".."), { recursive: true });
    writeFileSync(join(dataDir, name), text);
  }
  const filesystem = localFilesystem({ directory: join(place, "backups") });
  const pause = { hook: undefined };
  const hooks = { beforeSnapshot: () => pause.hook?.(), beforeSwap: () => pause.hook?.() };
  const manager = new BackupManager({ dataDir, filesystem, hooks });
  const server = createServer(toNodeListener(createBackupsHandler({ manager, auth })));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await manager.close();
    await filesystem.close();
    rmSync(place, { recursive: true, force: true });
  };
  return { manager, filesystem, pause, port: server.address().port, close };
}

/** Sends one request. The answer counts as soon as it is there, also when the server takes no more of the body. */
export async function send(port, { method, path, headers, body }) {
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers });
  outgoing.end(body);
  const [incoming] = await once(outgoing, "response");
  outgoing.on("error", () => {});
  const bytes = await buffer(incoming);
  return { status: incoming.statusCode, text: bytes.toString("latin1") };
}

/** What the tokens in PocketBase's tests stand for, by the records and types that they name. */
async function obtainTokens(auth, shortLived) {
  const auths = { user: USER.auth, admin: await withBed(auth, logIn) };
  const expired = await withBed(shortLived, (port) => fileToken(port, auths.admin));
  const file = await withBed(auth, (port) => fileToken(port, auths.admin));
  const { exp } = JSON.parse(Buffer.from(expired.split(".")[1], "base64url").toString());
  await new Promise((resolve) => setTimeout(resolve, exp * 1_000 + 1_000 - Date.now()));
  return {
    "admin auth": auths.admin,
    "user auth": USER.auth,
    "admin file": file,
    "user file": USER.file,
    "admin file, expired": expired,
  };
}

async function withBed(auth, action) {
  const bed = await startBed(auth);
  try {
    return await action(bed.port);
  } finally {
    await bed.close();
  }
}

async function logIn(port) {
  const body = JSON.stringify({ identity: EMAIL, password: PASSWORD });
  return tokenIn(await send(port, post("/api/collections/_superusers/auth-with-password", {}, body)));
}

async function fileToken(port, authorization) {
  return tokenIn(await send(port, post("/api/files/token", { authorization })));
}

function post(path, headers, body) {
  return { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body };
}

function tokenIn({ status, text }) {
  if (status !== 200) throw new Error(`no token: ${status} ${text}`);
  return JSON.parse(text).token;
}
