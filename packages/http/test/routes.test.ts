import { expect, it } from "vitest";
import { expectAnswer, INVALID, NOT_FOUND, refusal } from "./bed/answers.ts";
import { ADMIN, makeBed, request } from "./bed/bed.ts";

const USUAL = expect.stringMatching(/^Accept, .*Authorization, .*Content-Type, /);

it.each([
  "/",
  "/api",
  "/api/",
  "/api/backups/",
  "/api/backupz",
  "/api/backups/a/b",
  "/api/backups/a/restore/",
  "/api/backups/a/verify/b",
  "/api/backups/a/entries/",
  "/api/backups//entries/b",
  "/api/collections/users",
  "/apix/backups",
])("nothing is at %s", async (path) => {
  const { send } = await makeBed();

  await expectAnswer(await send("GET", path), 404, NOT_FOUND);
  await expectAnswer(await send("POST", path, { body: "{}" }), 404, NOT_FOUND);
});

it.each([
  ["PUT", "/api/backups", "GET, HEAD, POST"],
  ["GET", "/api/backups/a.zip/restore", "POST"],
  ["GET", "/api/backups/a.zip/verify", "POST"],
  ["POST", "/api/backups/a.zip/entries", "GET, HEAD"],
  ["DELETE", "/api/backups/a.zip/entries/data.db", "GET, HEAD"],
  ["PUT", "/api/backups/prune", "GET, HEAD, DELETE, POST"],
  ["PUT", "/api/backups/drill", "GET, HEAD, DELETE, POST"],
  ["POST", "/api/backups/history", "GET, HEAD, DELETE"],
  ["GET", "/api/backups/status/active", "DELETE"],
  ["PATCH", "/api/backups/a.zip", "GET, HEAD, DELETE"],
  ["GET", "/api/files/token", "POST"],
  ["POST", "/api/health", "GET, HEAD"],
  ["OPTIONS", "/api/backups", "GET, HEAD, POST"],
  ["constructor", "/api/backups", "GET, HEAD, POST"],
])("%s %s is not allowed, and the answer says what is", async (method, path, allowed) => {
  const { send } = await makeBed();

  const response = await send(method, path);

  expect(response.headers.get("allow")).toBe(allowed);
  await expectAnswer(response, 405, refusal(405, "Method Not Allowed."));
});

it.each(["%", "%zz", "%c0%ae%c0%ae", "%ff", "a%ed%a0%80b"])(
  "the key %s is malformed, whatever is asked for",
  async (key) => {
    const { send } = await makeBed();

    for (const method of ["GET", "DELETE"]) {
      await expectAnswer(await send(method, `/api/backups/${key}?token=a-file-token`), 400, refusal(400, INVALID));
    }
    await expectAnswer(await send("POST", `/api/backups/${key}/restore`), 400, refusal(400, INVALID));
    await expectAnswer(await send("POST", `/api/backups/${key}/verify`), 400, refusal(400, INVALID));
    await expectAnswer(await send("GET", `/api/backups/${key}/entries`), 400, refusal(400, INVALID));
    await expectAnswer(await send("GET", `/api/backups/${key}/entries/a`), 400, refusal(400, INVALID));
  },
);

it("below a base path everything is as it is without one, and nothing is beside it", async () => {
  const { send } = await makeBed({ handler: { basePath: "/my/app" } });

  expect((await send("POST", "/my/app/api/backups")).status).toBe(204);
  expect(await (await send("GET", "/my/app/api/backups")).json()).toHaveLength(1);
  await expectAnswer(await send("GET", "/api/backups"), 404, NOT_FOUND);
  await expectAnswer(await send("GET", "/my/apple/api/backups"), 404, NOT_FOUND);
});

it("the authentication answers what nothing else does, and sees no base path", async () => {
  const handle = async (asked: Request) =>
    Response.json({ asked: new URL(asked.url).pathname, body: await asked.text() });
  const auth = { authenticate: () => "none" as const, handle };
  const { send } = await makeBed({ handler: { auth, basePath: "/app" } });

  const response = await send("POST", "/app/api/admins/auth-with-password", { body: "{}" });

  await expectAnswer(response, 200, { asked: "/api/admins/auth-with-password", body: "{}" });
});

it("without CORS no page of another origin may read an answer", async () => {
  const { handler } = await makeBed();

  const response = await handler(
    request("GET", "/api/backups", { headers: { ...ADMIN, origin: "https://evil.example" } }),
  );

  expect(response.headers.has("access-control-allow-origin")).toBe(false);
  expect(response.headers.has("vary")).toBe(false);
});

it("with CORS only the pages of a listed origin may", async () => {
  const { send } = await makeBed({ handler: { cors: { origins: ["https://app.example"] } } });
  const originOf = async (method: string, origin: string, headers: object = {}) => {
    const response = await send(method, "/api/backups", { headers: { origin, ...headers } });
    return [response.status, response.headers.get("access-control-allow-origin"), response.headers.get("vary")];
  };
  const preflight = { "access-control-request-method": "POST" };

  expect(await originOf("GET", "https://app.example", ADMIN)).toEqual([200, "https://app.example", "Origin"]);
  expect(await originOf("GET", "https://app.example")).toEqual([401, "https://app.example", "Origin"]);
  expect(await originOf("GET", "https://evil.example", ADMIN)).toEqual([200, null, "Origin"]);
  const varied = "Access-Control-Request-Headers, Origin";
  expect(await originOf("OPTIONS", "https://app.example", preflight)).toEqual([204, "https://app.example", varied]);
  expect(await originOf("OPTIONS", "https://evil.example", preflight)).toEqual([204, null, varied]);
});

it.each([
  ["authorization,x-my-header", "authorization, x-my-header"],
  ["X-Requested-With ,  sentry-trace", "X-Requested-With, sentry-trace"],
  ["x-a\tb", USUAL],
  ["x-a,,x-b", USUAL],
  ["x-a: b", USUAL],
  ["größe", USUAL],
  ["", USUAL],
  [`x-${"a".repeat(1_024)}`, USUAL],
  [undefined, USUAL],
])("a page that asks for the headers %j is allowed them if they are names", async (asked, allowed) => {
  const { send } = await makeBed({ handler: { cors: { origins: ["https://app.example"] } } });
  const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
  const sent = new Headers(headers);
  if (asked !== undefined) sent.set("access-control-request-headers", asked);

  const response = await send("OPTIONS", "/api/backups/upload", { headers: sent });

  expect(response.headers.get("access-control-allow-headers")).toEqual(allowed);
  expect(response.headers.get("vary")).toBe("Access-Control-Request-Headers, Origin");
});

it.each([
  [{ basePath: "app" }, "basePath"],
  [{ basePath: "/app/" }, "basePath"],
  [{ maxUploadSize: 0 }, "maxUploadSize"],
  [{ cors: {} }, "cors"],
  [{ auth: undefined }, "auth"],
  [{ wait: true }, "wait"],
  [{ cors: { origins: [], origin: "*" } }, "cors.origin"],
  [{ manager: {} }, "manager"],
])("the options %j are refused by name", async (options, name) => {
  await expect(makeBed({ handler: options as object })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(`${name}:`),
  });
});
