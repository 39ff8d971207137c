import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expect, it, onTestFinished, vi } from "vitest";
import { toNodeListener } from "../src/node.ts";
import { expectAnswer } from "./answers.ts";
import { archiveOf } from "./archive-of.ts";
import { ADMIN, type Bed, FILE_TOKEN, makeBed } from "./bed.ts";
import { listen } from "./listen.ts";
import { headOf, rawConnection, readToEnd } from "./raw-exchange.ts";

/** Uses each kind of body once: JSON, a form, a stream. */
async function makeRoundTrip(url: string, bed: Bed): Promise<void> {
  const archive = await archiveOf(bed);
  const headers = { ...ADMIN, "content-type": "application/json" };
  await expectAnswer(await fetch(`${url}/api/backups`, { method: "POST", headers, body: '{"name":"a.zip"}' }), 204);
  const body = new FormData();
  body.append("file", new File([new Uint8Array(archive)], "b.zip"));
  await expectAnswer(await fetch(`${url}/api/backups/upload`, { method: "POST", headers: ADMIN, body }), 204);
  const response = await fetch(`${url}/api/backups/b.zip?token=${FILE_TOKEN}`);
  expect(Buffer.from(await response.arrayBuffer()).equals(archive)).toBe(true);
  expect(await bed.keys()).toEqual(["a.zip", "b.zip"]);
}

it("the listener works below a path of Express, before what parses bodies", async () => {
  const bed = await makeBed();
  const application = express();
  application.use("/admin", toNodeListener(bed.handler));
  application.use(express.json());

  await makeRoundTrip(`${(await listen(createServer(application))).url}/admin`, bed);
});

it("behind what parses bodies it warns of what is wrong", async () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const bed = await makeBed();
  const application = express();
  application.use(express.json());
  application.use(toNodeListener(bed.handler));
  const { url } = await listen(createServer(application));
  const headers = { ...ADMIN, "content-type": "application/json" };

  const response = await fetch(`${url}/api/backups`, { method: "POST", headers, body: '{"name":"a.zip"}' });

  expect(response.status).toBe(400);
  expect(warnings).toHaveBeenCalledWith(
    expect.stringContaining("before anything that parses bodies"),
    expect.anything(),
  );
  warnings.mockRestore();
  expect(await bed.keys()).toEqual([]);
});

it("the listener works in a hook of Fastify", async () => {
  const bed = await makeBed();
  const listener = toNodeListener(bed.handler);
  const application = fastify();
  application.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/api/")) return;
    reply.hijack();
    listener(request.raw, reply.raw);
  });
  onTestFinished(() => application.close());

  await makeRoundTrip(await application.listen({ port: 0, host: "127.0.0.1" }), bed);
});

it.each(["http://h/api/backups", "HTTPS://h/api/backups", "//h/api/backups"])(
  "%s is no way around a guard of the application that looks at paths",
  async (target) => {
    const bed = await makeBed();
    const listener = toNodeListener(bed.handler);
    const { url } = await listen(
      createServer((incoming, outgoing) => {
        if (incoming.url?.startsWith("/api/")) outgoing.writeHead(403).end();
        else listener(incoming, outgoing);
      }),
    );
    const socket = await rawConnection(Number(new URL(url).port));
    socket.write(headOf("GET", target, { connection: "close" }));

    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 40[04] /);
  },
);

it("the handler works in Hono, below a base path", async () => {
  const bed = await makeBed({ handler: { basePath: "/admin" } });
  const application = new Hono();
  application.all("/admin/api/*", (context) => bed.handler(context.req.raw));

  await makeRoundTrip(`${(await listen(createServer(getRequestListener(application.fetch)))).url}/admin`, bed);
});
