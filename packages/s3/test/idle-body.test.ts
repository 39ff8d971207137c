import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { IdleBody } from "../src/read/idle-body.ts";

it("a body from which nothing comes fails, and is destroyed", async () => {
  const stream = new Readable({ read() {} });
  const body = new IdleBody(stream, 20);
  stream.push("first");

  expect(await body.next()).toEqual({ chunk: Buffer.from("first") });
  expect(await body.next()).toMatchObject({ failure: { name: "TimeoutError" } });
  expect(stream.destroyed).toBe(true);
});

it("a body that ends says so, and one that breaks says why", async () => {
  expect(await new IdleBody(Readable.from([]), 1_000).next()).toMatchObject({ failure: { name: "IncompleteBody" } });
  const broken = new Readable({ read: () => {} });
  broken.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  expect(await new IdleBody(broken, 1_000).next()).toMatchObject({ failure: { code: "ECONNRESET" } });
});
