import type { Socket } from "node:net";
import { expect, it, vi } from "vitest";
import { headOf, rawConnection } from "../bed/raw-exchange.ts";
import { type LoadServer, startLoadServer } from "./load-server.ts";

const CLIENTS = 100;
const DEADLINE = { timeout: 120_000, interval: 100 };

it("100 followers of the status that vanish leave no listener and no descriptor", { timeout: 300_000 }, async () => {
  const server = await startLoadServer();
  expect((await server.send("GET", "/api/backups")).status).toBe(200);
  const base = { descriptors: await server.settled(), listeners: (await server.report()).listeners };

  for (const vanish of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.resetAndDestroy()]) {
    const followers = await Promise.all(Array.from({ length: CLIENTS }, () => follow(server)));
    const { listeners, connections } = await server.report();
    expect(listeners).toBeGreaterThan(base.listeners);
    expect(connections).toBe(CLIENTS);
    expect((await server.send("GET", "/api/backups/status", { headers: EVENTS })).status).toBe(429);

    for (const socket of followers) vanish(socket);

    await server.settled();
    await vi.waitFor(async () => {
      const { listeners } = await server.report();
      expect({ descriptors: await server.descriptors(), listeners }).toEqual(base);
    }, DEADLINE);
    console.info(`${connections} followers, ${listeners} listeners; after they left ${JSON.stringify(base)}`);
  }
  expect((await server.report()).errors).toEqual([]);
});

const EVENTS = { accept: "text/event-stream" };

/** Resolves when the first status has come. */
async function follow({ port }: LoadServer): Promise<Socket> {
  const socket = await rawConnection(port);
  socket.on("error", () => {}).write(headOf("GET", "/api/backups/status", EVENTS));
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes("event: status\ndata: ")) break;
  }
  expect(text).toMatch(/^HTTP\/1.1 200 /);
  return socket;
}
