import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, it } from "vitest";
import { startBed } from "./s3-bed.ts";

const ODD_KEYS = ["plain", "a b+c%20%2F", "ü/\u{1f600}", "(!'*)&=;?#", "a//b", "~-_."];

it.each(ODD_KEYS)("the signature of the SDK is accepted for the key %j", async (Key) => {
  const { client, Bucket, server } = await startBed();

  await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));

  expect(server.keys()).toEqual([Key]);
});

it("a wrong secret, an unknown user and a user without rights are told apart", async () => {
  const { connect, Bucket, server } = await startBed();
  const list = (credentials: typeof server.credentials) =>
    connect({ credentials }).send(new ListObjectsV2Command({ Bucket }));

  const wrong = { ...server.credentials, secretAccessKey: "wrong" };
  await expect(list(wrong)).rejects.toMatchObject({
    name: "SignatureDoesNotMatch",
    $metadata: { httpStatusCode: 403 },
  });
  const unknown = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
  await expect(list(unknown)).rejects.toMatchObject({ name: "InvalidAccessKeyId" });
  await expect(list(server.deniedCredentials)).rejects.toMatchObject({ name: "AccessDenied" });
});

it("a request without a signature is refused", async () => {
  const { server } = await startBed();
  const response = await fetch(`${server.endpoint}/${server.bucket}/key`);
  expect(response.status).toBe(403);
});

it("a clock that is off by more than 15 minutes is refused", async () => {
  const { client, Bucket } = await startBed({ now: () => Date.now() + 16 * 60_000 });
  const listing = client.send(new ListObjectsV2Command({ Bucket }));
  await expect(listing).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
});

it("a header of S3's own that is not signed is refused", async () => {
  const { client, Bucket } = await startBed();
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "k" }), { expiresIn: 60 });
  const response = await fetch(url, { headers: { "x-amz-meta-smuggled": "1" } });
  expect(response.status).toBe(403);
});

it("a presigned URL works until it expires, for what was signed", async () => {
  let passedMs = 0;
  const { client, Bucket } = await startBed({ now: () => Date.now() + passedMs });
  await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "body" }));
  const command = new GetObjectCommand({ Bucket, Key: "k", ResponseContentDisposition: "attachment" });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });

  const response = await fetch(url);
  expect(await response.text()).toBe("body");
  expect(response.headers.get("content-disposition")).toBe("attachment");
  expect((await fetch(url.replace("attachment", "inline"))).status).toBe(403);
  passedMs = 62_000;
  expect((await fetch(url)).status).toBe(403);
});
