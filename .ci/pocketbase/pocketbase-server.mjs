// A PocketBase that runs over a directory of its own, with a superuser, and one record with a file once it is filled.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePorts } from "../rules/free-ports.mjs";

const IDENTITY = "test@example.com";
const PASSWORD = "1234567890";
const PATIENCE_MS = 30_000;
const FIELDS = [
  { name: "text", type: "text" },
  { name: "file", type: "file", maxSelect: 1 },
];

/** Runs `action` on one that answers, and stops it. */
export async function withPocketBase(program, dataDir, action) {
  const server = await startPocketBase(program, dataDir);
  try {
    return await action(server);
  } finally {
    await server.stop();
  }
}

async function startPocketBase(program, dataDir) {
  const made = spawnSync(program, ["superuser", "upsert", IDENTITY, PASSWORD, `--dir=${dataDir}`], {
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`no superuser: ${made.stdout}${made.stderr}`);
  const address = `127.0.0.1:${(await freePorts(1))[0]}`;
  const child = spawn(program, ["serve", `--http=${address}`, `--dir=${dataDir}`], { stdio: "ignore" });
  const server = new PocketBaseServer(child, `http://${address}`);
  await server.logIn();
  return server;
}

class PocketBaseServer {
  #child;
  #url;
  #token = "";

  constructor(child, url) {
    this.#child = child;
    this.#url = url;
  }

  /** Sends a request as the superuser. Throws unless it succeeds. */
  async call(method, path, body) {
    const isForm = body instanceof FormData;
    const headers = { authorization: this.#token, ...(!isForm && body && { "content-type": "application/json" }) };
    const response = await fetch(this.#url + path, {
      method,
      headers,
      body: isForm ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  }

  async logIn() {
    const credentials = { identity: IDENTITY, password: PASSWORD };
    const ask = () => this.call("POST", "/api/collections/_superusers/auth-with-password", credentials);
    this.#token = JSON.parse(await this.#untilDone(ask)).token;
  }

  /** Makes a collection with one record, which has a file. */
  async fill() {
    await this.call("POST", "/api/collections", { name: "notes", type: "base", fields: FIELDS });
    const record = new FormData();
    record.set("text", "precious");
    record.set("file", new Blob(["an upload\n".repeat(1_000)]), "upload.txt");
    await this.call("POST", "/api/collections/notes/records", record);
  }

  /** The records, with the contents of their files. */
  async content() {
    const { items } = JSON.parse(await this.call("GET", "/api/collections/notes/records"));
    return Promise.all(
      items.map(async ({ id, text, file }) => ({
        id,
        text,
        file: await this.call("GET", `/api/files/notes/${id}/${file}`),
      })),
    );
  }

  async upload(path) {
    const form = new FormData();
    form.set("file", new Blob([readFileSync(path)], { type: "application/zip" }), basename(path));
    await this.call("POST", "/api/backups/upload", form);
  }

  /** The content once it can be had: a restore starts the process anew, with the superusers of the backup. */
  async contentOnce() {
    return this.#untilDone(async () => {
      await this.logIn();
      return this.content();
    });
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
  }

  async #untilDone(action) {
    const endsAt = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await action();
      } catch (error) {
        if (performance.now() > endsAt) throw error;
      }
      await delay(200);
    }
  }
}
