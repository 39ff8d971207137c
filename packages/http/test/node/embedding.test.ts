import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expect, it, onTestFinished, vi } from "vitest";
import { toFastifyPlugin, toNodeListener } from "../../src/node.ts";
import { expectAnswer } from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, type Bed, FILE_TOKEN, makeBed } from "../bed/bed.ts";
import { listen } from "../bed/listen.ts";
import { headOf, rawConnection, readToEnd } from "../bed/raw-exchange.ts";

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

it("in Express, at the root, what is not of backups goes on to the application", async () => {
  const bed = await makeBed();
  const application = express();
  application.use(toNodeListener(bed.handler));
  application.use(express.json());
  application.get("/", (_, response) => void response.send("the application"));
  application.post("/api/notes", ({ body }, response) => void response.send(body.note));
  const { url } = await listen(createServer(application));

  await makeRoundTrip(url, bed);
  await expectApplication(url);
});

it.each(["", "/admin"])("the plugin answers what is of backups in Fastify, below %j", async (basePath) => {
  const bed = await makeBed({ handler: { basePath } });
  const application = fastify();
  application.register(toFastifyPlugin(bed.handler));
  application.get("/", async () => "the application");
  application.post("/api/notes", async ({ body }) => (body as { note: string }).note);
  onTestFinished(() => application.close());
  const url = await application.listen({ port: 0, host: "127.0.0.1" });

  await makeRoundTrip(url + basePath, bed);
  await expectApplication(url);
});

it("the plugin refuses what is no handler", () => {
  expect(() => toFastifyPlugin(undefined as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

/** Its pages are its own: also those that nobody knows, and those whose body it reads. */
async function expectApplication(url: string): Promise<void> {
  expect(await (await fetch(url)).text()).toBe("the application");
  const headers = { "content-type": "application/json" };
  const answered = await fetch(`${url}/api/notes`, { method: "POST", headers, body: '{"note":"a note"}' });
  expect(await answered.text()).toBe("a note");
  const unknown = await fetch(`${url}/api/collections/posts`);
  expect([unknown.status, unknown.headers.has("x-frame-options")]).toEqual([404, false]);
}

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
