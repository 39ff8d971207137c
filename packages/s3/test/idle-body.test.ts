import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { idleBody } from "../src/read/idle-body.ts";

it("a body from which nothing comes fails, and is destroyed", async () => {
  const stream = new Readable({ read() {} });
  const chunks = idleBody(stream, 20)[Symbol.asyncIterator]();
  stream.push("first");

  expect(await chunks.next()).toEqual({ done: false, value: Buffer.from("first") });
  await expect(chunks.next()).rejects.toMatchObject({ name: "TimeoutError" });
  expect(stream.destroyed).toBe(true);
});

it("a body that breaks while nobody waits says why, without what the SDK hangs on it", async () => {
  const broken = new Readable({ read: () => {} });
  const chunks = idleBody(broken, 1_000)[Symbol.asyncIterator]();
  broken.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET", $response: "secret" }));
  await new Promise(setImmediate);

  const failure = await chunks.next().catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "ECONNRESET" });
  expect(failure).not.toHaveProperty("$response");
});
