import { expect, it } from "vitest";
import { CHUNK_SIZE, makeGcsBed, readAll } from "./gcs-bed.ts";

it("with userProject each request names the project that pays, a signed URL included", async () => {
  const { server, filesystem } = await makeGcsBed({ userProject: "payer" }, { requesterPays: true });
  const content = Buffer.alloc(2 * CHUNK_SIZE + 1, "x");

  await filesystem.write("chunks", content, { ifNotExists: true });
  await filesystem.write("one", Buffer.from("hello"));
  expect((await readAll(filesystem, "chunks")).equals(content)).toBe(true);
  expect(await filesystem.exists("none")).toBe(false);
  await expect(filesystem.write("broken", failsBehind(content))).rejects.toMatchObject({
    cause: new Error("the disk caught fire"),
  });
  const answer = await fetch(await filesystem.signUrl("one", { expiresInMs: 60_000 }));
  expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
  await filesystem.delete("one");

  expect(new Set(server.requests.map(({ query }) => query.get("userProject")))).toEqual(new Set(["payer"]));
  expect([server.objectNames(), server.openUploads()]).toEqual([["chunks"], []]);
});

it("without it none is named, and such a bucket is refused with the option to set", async () => {
  const { server, filesystem, open } = await makeGcsBed({ userProject: "payer" }, { requesterPays: true });
  await filesystem.write("one", Buffer.from("hello"));
  const plain = open({});

  for (const refused of [plain.open(), plain.write("two", Buffer.from("x")), plain.read("one"), plain.delete("one")]) {
    await expect(refused).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/no user project provided; set userProject/),
    });
  }
  expect(server.objectNames()).toEqual(["one"]);
});

async function* failsBehind(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
  throw new Error("the disk caught fire");
}
