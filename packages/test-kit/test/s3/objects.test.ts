import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { flipRequestBit, startFaultProxy } from "../../src/index.ts";
import { startBed } from "./s3-bed.ts";

const BODY = "0123456789";

async function startWithObject() {
  const bed = await startBed();
  await bed.client.send(new PutObjectCommand({ Bucket: bed.Bucket, Key: "k", Body: BODY, ContentType: "text/plain" }));
  return bed;
}

it.each([
  ["bytes=0-3", "0123", "bytes 0-3/10"],
  ["bytes=8-99", "89", "bytes 8-9/10"],
  ["bytes=5-", "56789", "bytes 5-9/10"],
  ["bytes=-2", "89", "bytes 8-9/10"],
])("the range %s gives %s", async (Range, expected, contentRange) => {
  const { client, Bucket } = await startWithObject();
  const output = await client.send(new GetObjectCommand({ Bucket, Key: "k", Range }));
  expect(await output.Body?.transformToString()).toBe(expected);
  expect(output).toMatchObject({ ContentRange: contentRange, $metadata: { httpStatusCode: 206 } });
});

it("a range behind the end is refused", async () => {
  const { client, Bucket } = await startWithObject();
  const get = client.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=10-" }));
  await expect(get).rejects.toMatchObject({ name: "InvalidRange", $metadata: { httpStatusCode: 416 } });
});

it("a read can be bound to one version", async () => {
  const { client, Bucket } = await startWithObject();
  const get = client.send(new GetObjectCommand({ Bucket, Key: "k", IfMatch: '"another"' }));
  await expect(get).rejects.toMatchObject({ name: "PreconditionFailed" });
});

it("a read that has begun shows the old bytes after an overwrite and a delete", async () => {
  const { client, Bucket, server } = await startBed();
  const old = Buffer.alloc(4_000_000, "old ");
  await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: old }));
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "k" }));

  await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "new" }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));

  expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(old)).toBe(true);
  expect(server.keys()).toEqual([]);
});

it("a streamed body with its checksum in a trailer is checked and stored", async () => {
  const { client, Bucket, server } = await startBed();
  const Body = Readable.from([Buffer.alloc(70_000, 1), Buffer.alloc(5, 2)]);
  await client.send(
    new PutObjectCommand({ Bucket, Key: "k", Body, ContentLength: 70_005, ChecksumAlgorithm: "CRC32C" }),
  );

  const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
  expect(head).toMatchObject({ ContentLength: 70_005, ChecksumCRC32C: expect.any(String) });
  expect(server.requests[0]?.headers["x-amz-trailer"]).toBe("x-amz-checksum-crc32c");
});

it("a streamed body that changes on the way is refused and leaves no file", async () => {
  const { server, connect, Bucket } = await startBed();
  const proxy = await startFaultProxy({ target: server.endpoint });
  proxy.inject({ match: () => true, fault: flipRequestBit(100) });
  const Body = Readable.from([Buffer.alloc(70_000, 1)]);

  const client = connect({ endpoint: proxy.endpoint });
  const put = client.send(new PutObjectCommand({ Bucket, Key: "k", Body, ContentLength: 70_000 }));

  await expect(put).rejects.toMatchObject({ name: "BadDigest" });
  expect(await server.files()).toEqual([]);
  await proxy.close();
});

it.each(["SHA1", "SHA256", "CRC32", "CRC32C", "CRC64NVME"] as const)(
  "a %s of a body is checked",
  async (ChecksumAlgorithm) => {
    const { client, Bucket } = await startBed();
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: BODY, ChecksumAlgorithm }));
    const wrong = { [`Checksum${ChecksumAlgorithm}`]: "AAAAAA==" };
    const put = client.send(new PutObjectCommand({ Bucket, Key: "k2", Body: BODY, ...wrong }));
    await expect(put).rejects.toMatchObject({ name: "BadDigest" });
  },
);

it("an MD5 of a body is checked", async () => {
  const { client, Bucket } = await startBed();
  const put = client.send(
    new PutObjectCommand({ Bucket, Key: "k", Body: BODY, ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" }),
  );
  await expect(put).rejects.toMatchObject({ name: "BadDigest" });
});

it("of sixteen conditional writes at once one wins", async () => {
  const { client, Bucket } = await startBed();
  const writes = Array.from({ length: 16 }, (_, index) =>
    client.send(new PutObjectCommand({ Bucket, Key: "k", Body: `writer ${index}`, IfNoneMatch: "*" })),
  );

  const outcomes = await Promise.allSettled(writes);

  const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
  expect(winners).toHaveLength(1);
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "k" }));
  expect(await Body?.transformToString()).toBe(`writer ${winners[0]}`);
});

it("a write can be bound to the version it replaces", async () => {
  const { client, Bucket } = await startWithObject();
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key: "k" }));
  await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second", IfMatch: ETag }));
  const stale = client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "third", IfMatch: ETag }));
  await expect(stale).rejects.toMatchObject({ name: "PreconditionFailed" });
});

it("a conflict is answered as often as asked for", async () => {
  const { client, Bucket, server } = await startBed();
  server.conflict(1);
  const put = () => client.send(new PutObjectCommand({ Bucket, Key: "k", Body: BODY, IfNoneMatch: "*" }));
  await expect(put()).rejects.toMatchObject({ name: "ConditionalRequestConflict", $metadata: { httpStatusCode: 409 } });
  await put();
});

it("ACLs are refused, as by a bucket of today", async () => {
  const { client, Bucket } = await startBed();
  const put = client.send(new PutObjectCommand({ Bucket, Key: "k", Body: BODY, ACL: "private" }));
  await expect(put).rejects.toMatchObject({ name: "AccessControlListNotSupported" });
});
