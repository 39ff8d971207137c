import { once } from "node:events";
import { Agent, createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendsRequests } from "../src/case/sends-requests.ts";

let server: Server;
let url: string;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  server = createServer((_, response) => response.end("yes")).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

describe("whether what is run sends anything", () => {
  it("is true of requests, over connections of their own and over those that are kept", async () => {
    expect(await sendsRequests(getPage)).toBe(true);
    expect(await sendsRequests(getPage)).toBe(true);
    expect(await sendsRequests(async () => (await fetch(url)).text())).toBe(true);
  });

  it("is false of what sends nothing beside others that do", async () => {
    const others = [getPage(), getPage()];
    const isSeen = await sendsRequests(async () => {
      await delay(1);
      await Promise.all(others);
    });
    expect(isSeen).toBe(false);
  });
});

async function getPage(): Promise<void> {
  const [response] = await once(get(url, { agent }), "response");
  for await (const _ of response); // read to its end, so that the connection is kept
}
