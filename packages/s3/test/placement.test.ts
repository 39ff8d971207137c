import type { RecordedRequest } from "@stowage/test-kit";
import { expect, it } from "vitest";
import { pattern, startBed } from "./bed.ts";

async function keysOf(list: AsyncIterable<{ key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of list) keys.push(key);
  return keys;
}

const isList = ({ query }: RecordedRequest) => query.has("list-type");

it("objects lie below the prefix, and only those directly below it are listed", async () => {
  const { server, open } = await startBed();
  const [outer, inner] = [open({ prefix: "app" }), open({ prefix: "/app/inner/" })];
  await outer.write("a b+c.zip", pattern(1));
  await inner.write("deep.zip", pattern(1));
  await open().write("app2", pattern(1));

  expect(server.keys()).toEqual(["app/a b+c.zip", "app/inner/deep.zip", "app2"]);
  expect(await keysOf(outer.list())).toEqual(["a b+c.zip"]);
  expect(await keysOf(inner.list())).toEqual(["deep.zip"]);
});

it("a sub-folder costs no request, however many objects it holds", async () => {
  const { server, open } = await startBed();
  const inner = open({ prefix: "inner" });
  for (let index = 0; index < 30; index++) await inner.write(`key-${index}`, pattern(1));
  const outer = open();
  await outer.write("a", pattern(1));
  await outer.write("z", pattern(1));

  const before = server.requests.filter(isList).length;
  expect(await keysOf(outer.list({ pageSize: 10 }))).toEqual(["a", "z"]);
  expect(server.requests.filter(isList)).toHaveLength(before + 1);
});

it("the marker that other tools make for a folder is not listed", async () => {
  const { server, open } = await startBed();
  const inside = open({ prefix: "folder" });
  await inside.write("a", pattern(1));
  const top = open();
  await top.driver.write("folder/", one(), { signal: new AbortController().signal });

  expect(server.keys()).toEqual(["folder/", "folder/a"]);
  expect(await keysOf(inside.list())).toEqual(["a"]);
  expect(await keysOf(top.list())).toEqual([]);
});

it("storage class and encryption are asked for, and kept", async () => {
  const { server, open } = await startBed();
  const filesystem = open({
    storageClass: "STANDARD_IA",
    serverSideEncryption: { algorithm: "aws:kms", keyId: "key-1" },
  });
  await filesystem.write("object", pattern(1));
  await filesystem.write("parts", pattern(40_000));

  const stored = server.requests.filter(
    ({ method, query }) =>
      (method === "PUT" && !query.has("partNumber")) || (method === "POST" && query.has("uploads")),
  );
  expect(stored).toHaveLength(2);
  for (const { headers } of stored) {
    expect(headers).toMatchObject({
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
    });
  }
});

it("no checksum is sent to a service that refuses them", async () => {
  const { server, open } = await startBed();
  const filesystem = open({ checksums: "when-required" });
  await filesystem.write("object", pattern(1));
  await filesystem.write("parts", pattern(40_000));
  await (await filesystem.read("parts")).content.toArray();

  const names = server.requests.flatMap(({ headers }) => Object.keys(headers));
  expect(names.filter((name) => name.includes("checksum"))).toEqual([]);
});

it.each([
  ["signed", { signPayload: true }, /^[0-9a-f]{64}$/],
  ["signed for want of a checksum", { signPayload: false, checksums: "when-required" }, /^[0-9a-f]{64}$/],
  ["not signed", { signPayload: false }, /^UNSIGNED-PAYLOAD$/],
] as const)("content is %s, as chosen", async (_, options, hash) => {
  const { server, open } = await startBed();
  const filesystem = open(options);
  await filesystem.write("object", pattern(1));
  await filesystem.write("parts", pattern(40_000));

  const bodies = server.requests.filter(({ method }) => method === "PUT");
  expect(bodies.length).toBeGreaterThan(2);
  for (const { headers } of bodies) expect(headers["x-amz-content-sha256"]).toMatch(hash);
});

async function* one(): AsyncGenerator<Uint8Array> {
  yield pattern(1);
}
