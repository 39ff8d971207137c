import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Authentication, BackupsHandlerOptions } from "../../src/index.ts";
import { createBackupsServer, toNodeListener, type WebHandler } from "../../src/node.ts";
import { ADMIN, FILE_TOKEN, makeBed } from "../bed/bed.ts";
import { listen } from "../bed/listen.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

afterEach(() => vi.restoreAllMocks());

function refusal(message: RegExp): unknown {
  return expect.objectContaining({
    name: "StowageError",
    code: "CONFIG_INVALID",
    message: expect.stringMatching(message),
  });
}

describe.each([
  ["toNodeListener", toNodeListener],
  ["createBackupsServer", createBackupsServer],
] as const)("%s", (_name, make) => {
  const handler = () => new Response("fine");

  it.each([undefined, null, "handler", {}, Promise.resolve(handler)])("refuses %s as handler at once", (given) => {
    expect(() => make(given as unknown as WebHandler)).toThrow(refusal(/^handler: not a function/));
  });

  it.each<[string, unknown, RegExp]>([
    ["null", null, /options: not an object/],
    ["a number", 30_000, /options: not an object/],
    ["an unknown name", { idleTimeout: 1 }, /did you mean idleTimeoutMs\?/],
    ["no time", { idleTimeoutMs: 0 }, /^idleTimeoutMs: not a whole number/],
    ["a time as text", { idleTimeoutMs: "30s" }, /^idleTimeoutMs: not a whole number/],
    ["for ever", { idleTimeoutMs: Number.POSITIVE_INFINITY }, /^idleTimeoutMs: not a whole number/],
    ["longer than a timer", { idleTimeoutMs: LONGEST_TIMER_MS + 1 }, /^idleTimeoutMs: not a whole number/],
  ])("refuses options that are wrong: %s", (_kind, options, message) => {
    expect(() => make(handler, options as object)).toThrow(refusal(message));
  });

  it("takes the longest time that a timer can wait", () => {
    expect(() => make(handler, { idleTimeoutMs: LONGEST_TIMER_MS })).not.toThrow();
  });
});

it.each<[string, () => unknown, RegExp]>([
  ["throws", () => fail(), /the application failed/],
  ["rejects", async () => fail(), /the application failed/],
  ["returns nothing", () => undefined, /the handler returned no Response/],
  ["returns null", () => null, /the handler returned no Response/],
  ["returns a text", () => "fine", /the handler returned no Response/],
  ["returns an object", () => ({ status: 200 }), /the handler returned no Response/],
])("a handler that %s is a 500 and a warning", async (_kind, handler, message) => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { url } = await listen(createServer(toNodeListener(handler as WebHandler)));

  const response = await fetch(`${url}/api/backups`);

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("the application failed");
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: expect.stringMatching(message) }));
});

describe("the options of the handler", () => {
  it.each<[name: string, options: object]>([
    ["heartbeatMs", { heartbeatMs: LONGEST_TIMER_MS + 1 }],
    ["bodyTimeoutMs", { bodyTimeoutMs: Number.MAX_SAFE_INTEGER }],
    ["bodyTimeoutMs", { bodyTimeoutMs: 0 }],
    ["maxUploadSize", { maxUploadSize: "10mb" }],
    ["maxStatusStreams", { maxStatusStreams: -1 }],
    ["auth", { auth: { authenticate: "admin" } }],
    ["auth", { auth: { authenticate: () => "admin", checkFileToken: "secret" } }],
    ["auth", { auth: { authenticate: () => "admin", handle: null } }],
    ["cors.origins", { cors: { origins: ["https://app.example/"] } }],
    ["cors.origins", { cors: { origins: ["https://app.example:443"] } }],
    ["cors.origins", { cors: { origins: ["https://App.example"] } }],
    ["cors.origins", { cors: { origins: ["app.example"] } }],
    ["cors.origins", { cors: { origins: ["https://*.example.com/x"] } }],
  ])("are refused where nothing can come of them: %s %j", async (name, options) => {
    await expect(makeBed({ handler: options })).rejects.toEqual(refusal(new RegExp(`^${name}: not `)));
  });

  it("take every form of an origin that a browser sends", async () => {
    const origins = ["*", "https://app.example", "http://localhost:5173", "http://[::1]:8090", "capacitor://localhost"];
    await expect(makeBed({ handler: { cors: { origins } } })).resolves.toBeDefined();
  });
});

it.each([true, "yes", undefined, null, { admin: true }, "Admin"])(
  "an authentication that answers %j lets nobody in",
  async (answer) => {
    const authenticate = (() => answer) as unknown as Authentication["authenticate"];
    const { handler } = await makeBed({ handler: { auth: authenticate } });

    expect((await handler(new Request("http://x/api/backups"))).status).toBe(401);
    expect((await handler(new Request("http://x/api/backups/a.zip?token=x"))).status).toBe(403);
  },
);

describe("signDownload", () => {
  const signing = (signed: unknown): Partial<BackupsHandlerOptions> => ({ signDownload: (() => signed) as never });

  it.each([undefined, null])("that returns %s lets the handler serve the archive", async (signed) => {
    const bed = await makeBed({ handler: signing(signed) });
    await bed.manager.create({ name: "a.zip" });

    const response = await bed.send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`);

    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it.each([5, "", "not a url", "javascript:alert(1)", "s3://bucket/a.zip", {}, new URL("file:///a.zip")])(
    "that returns %s sends nobody there, and the operator is told",
    async (signed) => {
      const bed = await makeBed({ handler: signing(signed) });
      await bed.manager.create({ name: "a.zip" });

      const response = await bed.send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`);

      expect(response.status).toBe(400);
      expect(response.headers.get("location")).toBeNull();
      expect(bed.errors).toMatchObject([
        { error: { code: "CONFIG_INVALID", message: expect.stringMatching(/^sign/) } },
      ]);
    },
  );

  it.each(["https://cdn.example/a.zip?x=1", new URL("http://cdn.example/a.zip"), "/internal/a.zip"])(
    "that returns %s sends the client there",
    async (signed) => {
      const bed = await makeBed({ handler: signing(signed) });
      await bed.manager.create({ name: "a.zip" });

      const response = await bed.send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`);

      expect(response.headers.get("location")).toBe(String(signed));
    },
  );
});

it("an onError that rejects, whatever with, is a warning and no end of the process", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const onErrors = [
    async () => fail(),
    async () => Promise.reject(Object.create(null)),
    () => throwing(Object.create(null)),
  ];

  for (const onError of onErrors) {
    const { handler } = await makeBed({ handler: { auth: () => fail(), onError } });
    expect((await handler(new Request("http://x/api/backups", { headers: ADMIN }))).status).toBe(500);
  }

  expect(warn.mock.calls.map(([told]) => String(told))).toEqual([
    "Error: the application failed",
    expect.stringContaining("an object without a text"),
    expect.stringContaining("an object without a text"),
  ]);
});

function fail(): never {
  return throwing(new Error("the application failed"));
}

function throwing(thrown: unknown): never {
  throw thrown;
}
