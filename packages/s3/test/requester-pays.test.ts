import { expect, it } from "vitest";
import { bytesAt, PART_SIZE, pattern, startBed } from "./bed.ts";

const PROFILE = { requesterPays: true };

it("with requesterPays each request says that its sender pays, a signed URL included", async () => {
  const { server, open } = await startBed({ profile: PROFILE });
  const filesystem = open({ requesterPays: true });
  const content = pattern(3 * PART_SIZE);

  await filesystem.write("parts", content, { ifNotExists: true });
  await filesystem.write("one", pattern(3));
  expect((await bytesAt(filesystem, "parts", { start: 5 })).equals(content.subarray(5))).toBe(true);
  expect(await filesystem.exists("none")).toBe(false);
  const failing = filesystem.write("broken", failsBehind(content));
  await expect(failing).rejects.toMatchObject({ cause: new Error("the disk caught fire") });
  const answer = await fetch(await filesystem.signUrl("one", { expiresInMs: 60_000 }));
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(pattern(3));
  await filesystem.delete("one");

  const payers = server.requests.map(
    ({ headers, query }) => headers["x-amz-request-payer"] ?? query.get("x-amz-request-payer"),
  );
  expect(new Set(payers)).toEqual(new Set(["requester"]));
  expect([server.keys(), server.uploads()]).toEqual([["parts"], []]);
});

it("without it nothing is said, and such a bucket denies access", async () => {
  const paid = await startBed({ profile: PROFILE });
  await expect(paid.open().write("one", pattern(3))).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  const { server, open } = await startBed();

  await open().write("one", pattern(3));

  expect(server.requests.some(({ headers }) => "x-amz-request-payer" in headers)).toBe(false);
});

async function* failsBehind(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
  throw new Error("the disk caught fire");
}
