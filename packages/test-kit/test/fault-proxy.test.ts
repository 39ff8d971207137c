import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import {
  answerWith,
  drip,
  type Fault,
  flipBit,
  flipRequestBit,
  hang,
  hangMidBody,
  loseReply,
  resetBeforeHeaders,
  resetMidBody,
  rewriteBody,
  startFaultProxy,
  truncateBody,
} from "../src/index.ts";
import { listen } from "../src/server/listen.ts";

/** A server that answers with what it got, behind a proxy. */
async function startEcho() {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    received.push(body);
    response.writeHead(200, { "content-length": body.length, "x-host": request.headers.host ?? "" });
    response.end(body);
  });
  const { endpoint: target, close } = await listen(server);
  onTestFinished(close);
  const proxy = await startFaultProxy({ target });
  onTestFinished(() => proxy.close());
  const send = (body = "0123456789", init: RequestInit = {}) =>
    fetch(`${proxy.endpoint}/path?q=1`, { method: "POST", body, ...init });
  const inject = (fault: Fault, times?: number) =>
    proxy.inject({ match: () => true, fault, ...(times ? { times } : {}) });
  return { proxy, received, send, inject };
}

it("a request without a fault passes as it came, with its host", async () => {
  const { proxy, send } = await startEcho();
  const response = await send();
  expect(await response.text()).toBe("0123456789");
  expect(`http://${response.headers.get("x-host")}`).toBe(proxy.endpoint);
  expect(proxy.requests).toMatchObject([{ method: "POST", path: "/path" }]);
});

it("a fault strikes as often as asked for, and the next one after it", async () => {
  const { proxy, send, inject } = await startEcho();
  const first = inject(answerWith(503), 2);
  const second = inject(answerWith(500), 1);
  expect([(await send()).status, (await send()).status, (await send()).status, (await send()).status]).toEqual([
    503, 503, 500, 200,
  ]);
  expect([first(), second()]).toEqual([2, 1]);
  inject(answerWith(503));
  proxy.clear();
  expect((await send()).status).toBe(200);
});

it("a fault strikes only what it matches", async () => {
  const { proxy, send } = await startEcho();
  const struck = proxy.inject({ match: ({ query }) => query.get("q") === "2", fault: answerWith(500) });
  expect((await send()).status).toBe(200);
  expect(struck()).toBe(0);
});

it.each([
  ["resetBeforeHeaders", resetBeforeHeaders(), 0],
  ["loseReply", loseReply(), 1],
])("%s breaks the connection, and the server saw %i requests", async (_, fault, seen) => {
  const { send, inject, received } = await startEcho();
  inject(fault);
  await expect(send()).rejects.toThrow();
  expect(received).toHaveLength(seen);
});

it.each([0, 4, 99])("resetMidBody(%i) sends headers, never the whole body", async (size) => {
  const { send, inject } = await startEcho();
  inject(resetMidBody(size));
  const response = await send();
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

it("truncateBody ends early as if that were all", async () => {
  const { send, inject } = await startEcho();
  inject(truncateBody(4));
  expect(await (await send()).text()).toBe("0123");
});

it("flipBit changes the answer, flipRequestBit what the server gets", async () => {
  const { send, inject, received } = await startEcho();
  inject(flipBit(3), 1);
  expect(await (await send()).text()).toBe("0122456789");
  inject(flipRequestBit(0), 1);
  await send();
  expect(received).toEqual(["0123456789", "1123456789"]);
});

it("drip sends everything, in pieces", async () => {
  const { send, inject } = await startEcho();
  inject(drip(3, 1));
  expect(await (await send()).text()).toBe("0123456789");
});

it("rewriteBody changes the text, whatever its length", async () => {
  const { send, inject } = await startEcho();
  inject(rewriteBody((body) => `${body}, again ${body}`));
  expect(await (await send()).text()).toBe("0123456789, again 0123456789");
});

it.each([
  ["hang", hang(), 0],
  ["hangMidBody", hangMidBody(3), 1],
])("%s ends with the client's patience, and closing the proxy does not wait for it", async (_, fault, seen) => {
  const { send, inject, received } = await startEcho();
  inject(fault);
  const controller = new AbortController();
  const read = send("0123456789", { signal: controller.signal }).then((response) => response.text());
  read.catch(() => {});
  if (seen) while (received.length === 0) await new Promise(setImmediate);
  controller.abort();
  await expect(read).rejects.toThrow("aborted");
  expect(received).toHaveLength(seen);
});
