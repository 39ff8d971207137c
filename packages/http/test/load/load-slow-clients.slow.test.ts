import { readdir, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished, vi } from "vitest";
import { BOUNDARY, formBytes } from "../bed/forms.ts";
import { headOf, rawConnection, readToEnd } from "../bed/raw-exchange.ts";
import { noise } from "./load-archive.ts";
import { type LoadServer, startLoadServer } from "./load-server.ts";

const IDLE_TIMEOUT_MS = 8_000;
const DEADLINE = { timeout: 120_000, interval: 100 };
const MULTIPART = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
const CLIENTS_OF_A_KIND = 100;
const SIZE = 100_000_000;

/** How many bytes of the upload are sent at once; undefined sends not even the whole head of the request. */
const KINDS = { "in the head": undefined, "in the form": 20, "in the archive": 2_000 } as const;

it("300 clients that send a byte at a time hold up nobody, and are ended", { timeout: 400_000 }, async () => {
  const server = await startLoadServer({ listener: { idleTimeoutMs: IDLE_TIMEOUT_MS } });
  await sendEachRequest(server, "first");
  const idle = await server.settled();
  const sending = Object.values(KINDS).flatMap((size) => {
    return Array.from({ length: CLIENTS_OF_A_KIND }, (_, index) => slowClient(server, { size, index }));
  });
  const clients = await Promise.all(sending);
  const stop = trickle(clients);
  await server.settled(clients.length);

  await sendEachRequest(server, "second");

  const busy = await server.settled(clients.length);
  const startedAt = performance.now();
  stop();
  const answers = await Promise.all(clients.map(({ answer }) => answer));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const statuses = answers.map((answer) => answer.slice("HTTP/1.1 ".length, "HTTP/1.1 ".length + 3));
  const ended = Object.fromEntries(
    [...new Set(statuses)].map((status) => [status, statuses.filter((one) => one === status).length]),
  );
  console.info(
    `${clients.length} slow clients, ${busy} descriptors; ended within ${seconds} s of the last byte: ${JSON.stringify(ended)}`,
  );
  expect(ended).toEqual({ 408: CLIENTS_OF_A_KIND, 400: 2 * CLIENTS_OF_A_KIND });
  await expectNothingLeft(server, idle, ["first.zip", "second.zip", "uploaded-first.zip", "uploaded-second.zip"]);
});

it("a client that never reads its download is ended, and its file closed", { timeout: 200_000 }, async () => {
  const server = await startLoadServer({ listener: { idleTimeoutMs: 3_000 } });
  await sendEachRequest(server, "first");
  const idle = await server.settled();
  await writeFile(join(server.directory, "backups", "a.zip"), noise(SIZE));
  const clients = await Promise.all(Array.from({ length: 20 }, () => rawConnection(server.port)));
  for (const socket of clients) {
    socket.on("error", () => {}).pause();
    socket.write(headOf("GET", "/api/backups/a.zip?token=a-file-token"));
  }
  await server.settled(clients.length);

  await expectNothingLeft(server, idle, ["a.zip", "first.zip", "uploaded-first.zip"]);

  for (const socket of clients) {
    const answer = readToEnd(socket);
    socket.resume();
    expect(await answer).toMatch(/^HTTP\/1.1 200 /);
    expect(socket.bytesRead).toBeLessThan(SIZE);
  }
});

/** Creates, lists, downloads and uploads. */
async function sendEachRequest(server: LoadServer, name: string) {
  const create = { headers: { "content-type": "application/json" }, body: JSON.stringify({ name: `${name}.zip` }) };
  expect((await server.send("POST", "/api/backups", create)).status).toBe(204);
  expect(String((await server.send("GET", "/api/backups")).body)).toContain(`"${name}.zip"`);
  const { status, body: content } = await server.send("GET", `/api/backups/${name}.zip?token=a-file-token`);
  expect(status).toBe(200);
  const body = formBytes({ content, disposition: `form-data; name="file"; filename="uploaded-${name}.zip"` });
  expect((await server.send("POST", "/api/backups/upload", { headers: MULTIPART, body })).status).toBe(204);
}

/** Begins an upload. Resolves when so much of its form has gone out; without a size not all of the head has. */
async function slowClient({ port }: LoadServer, { size, index }: { size: number | undefined; index: number }) {
  const socket = await rawConnection(port);
  const answer = readToEnd(socket).finally(() => socket.destroy());
  const head = headOf("POST", "/api/backups/upload", { ...MULTIPART, "content-length": 1_000_000 });
  const content = Buffer.concat([Buffer.from("PK\x03\x04"), noise(10_000)]);
  const form = formBytes({ content, disposition: `form-data; name="file"; filename="slow-${index}.zip"` });
  socket.write(size === undefined ? "POST /api/backups/upload HTTP/1.1\r\nx: " : head);
  if (size !== undefined) socket.write(form.subarray(0, size));
  const rest = size === undefined ? Buffer.alloc(1_000, "x") : form.subarray(size);
  return { socket, answer, rest };
}

/** Sends a byte of each now and then, until it is stopped. */
function trickle(clients: readonly { socket: Socket; rest: Buffer }[]): () => void {
  let position = 0;
  const timer = setInterval(() => {
    for (const { socket, rest } of clients) {
      if (socket.writable) socket.write(rest.subarray(position, position + 1));
    }
    position++;
  }, 250);
  onTestFinished(() => clearInterval(timer));
  return () => clearInterval(timer);
}

/** No connection, no descriptor, no listed key and no file more than there should be. */
async function expectNothingLeft(server: LoadServer, descriptors: number, keys: readonly string[]) {
  await server.settled();
  await vi.waitFor(async () => expect(await server.descriptors()).toBe(descriptors), DEADLINE);
  const { body } = await server.send("GET", "/api/backups?fields=key");
  expect(
    JSON.parse(String(body))
      .map(({ key }: { key: string }) => key)
      .sort(),
  ).toEqual(keys);
  const stored = await readdir(join(server.directory, "backups"));
  expect(stored.filter((name) => !name.startsWith(".stowage-lock.")).sort()).toEqual(keys); // turns that are over stay on record
  expect(Object.keys(await readTree(server.dataDir)).sort()).toEqual(["data.db", "logs/app.log"]);
  expect((await server.report()).errors).toEqual([]);
}
