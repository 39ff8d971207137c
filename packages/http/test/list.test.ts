import { Filesystem } from "@stowage/core";
import { MemoryDriver } from "@stowage/memory";
import { expect, it } from "vitest";
import { expectAnswer, INVALID, refusal } from "./bed/answers.ts";
import { makeBed } from "./bed/bed.ts";

it("the list shows key, date and size, newest first", async () => {
  const { send, manager } = await makeBed();
  await manager.create({ name: "first.zip" });
  await manager.create({ name: "second.zip" });
  const known = await manager.list();

  const response = await send("GET", "/api/backups");

  expect(response.headers.get("cache-control")).toBe("no-store");
  const body = (await response.json()) as { key: string; modified: string }[];
  expect(body.map((backup) => Object.keys(backup))).toEqual(Array(2).fill(["key", "modified", "size"]));
  expect(body).toEqual(
    known.map(({ key, size, modifiedAt }) => ({ key, modified: modifiedAt.toISOString().replace("T", " "), size })),
  );
  expect(body[0]?.modified).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
});

it.each([
  ["key", { key: "first.zip" }],
  ["key,size", { key: "first.zip", size: expect.any(Number) }],
  ["*", { key: "first.zip", size: expect.any(Number), modified: expect.any(String) }],
  ["*,key:excerpt(3)", { key: "fir", size: expect.any(Number), modified: expect.any(String) }],
  ["key:excerpt(3,true)", { key: "fir..." }],
  ["key:excerpt( 3 , 1 )", { key: "fir..." }],
  ["key:excerpt(30,true)", { key: "first.zip" }],
  ["size:excerpt(1)", { size: expect.any(Number) }],
  ["*:excerpt(2)", { key: "fi", size: expect.any(Number), modified: expect.stringMatching(/^\d\d$/) }],
  [" key , unknown ", { key: "first.zip" }],
  ["key.deeper,expand.relField.name", { key: "first.zip" }],
  ["unknown", {}],
])("fields=%s", async (fields, expected) => {
  const { send, manager } = await makeBed();
  await manager.create({ name: "first.zip" });

  const response = await send("GET", `/api/backups?${new URLSearchParams({ fields })}`);

  expect(await response.json()).toEqual([expected]);
});

it.each([
  "key:excerpt",
  "key:excerpt()",
  "key:excerpt(0)",
  "key:excerpt(x)",
  "key:excerpt(1,2,3)",
  "key:excerpt(1,(2))",
  "key:excerpt((1))",
  "key:excerpt(1",
  "key:excerpt(1)x",
  "key:upper(1)",
])("fields=%s is refused", async (fields) => {
  const { send } = await makeBed();

  await expectAnswer(await send("GET", `/api/backups?${new URLSearchParams({ fields })}`), 400, refusal(400, INVALID));
});

it("a storage that cannot be opened is the documented error, and its reason goes to the log alone", async () => {
  const unreachable = () => Promise.reject(new Error("connect ECONNREFUSED storage.internal:9000"));
  const { send, errors } = await makeBed({ manager: { filesystem: unreachable } });

  const response = await send("GET", "/api/backups");

  expect(response.headers.get("x-error-id")).toBe(errors[0]?.context.id);
  await expectAnswer(response, 400, refusal(400, "Failed to load backups filesystem."));
  expect(errors).toMatchObject([{ error: { code: "FILESYSTEM_UNAVAILABLE" }, context: { method: "GET" } }]);
});

it("a storage that breaks while it lists is the same error", async () => {
  class Broken extends MemoryDriver {
    override list(): never {
      throw new Error("the socket of storage.internal hung up");
    }
  }
  const { send } = await makeBed({ manager: { filesystem: new Filesystem(new Broken()) } });

  await expectAnswer(await send("GET", "/api/backups"), 400, refusal(400, "Failed to load backups filesystem."));
});
