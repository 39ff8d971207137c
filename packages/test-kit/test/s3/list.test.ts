import { HeadBucketCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { startBed } from "./s3-bed.ts";

async function startWith(keys: readonly string[]) {
  const bed = await startBed();
  for (const Key of keys) await bed.client.send(new PutObjectCommand({ Bucket: bed.Bucket, Key, Body: "x" }));
  return bed;
}

it("keys come in the order of their UTF-8 bytes", async () => {
  const keys = ["a-1", "a.zip", "a0", "B", "b", "\uff01", "\u{10000}"];
  const { client, Bucket } = await startWith([...keys].reverse());
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(["B", ...keys.filter((key) => key !== "B")]);
});

it.each([1, 2, 3, 4, 5, 6])("pages of %i hold every key and folder once", async (pageSize) => {
  const { client, Bucket } = await startWith(["a", "b/1", "b/2", "c", "d/1"]);
  const entries: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize }, { Bucket, Delimiter: "/" })) {
    const found = [
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    ];
    expect(page.KeyCount).toBe(found.length);
    entries.push(...found);
  }
  expect(entries.sort()).toEqual(["a", "b/", "c", "d/"]);
});

it("a prefix limits, and url encoding writes a space as +", async () => {
  const { client, Bucket } = await startWith(["p/a b+c", "q"]);
  const { Contents, EncodingType } = await client.send(
    new ListObjectsV2Command({ Bucket, Prefix: "p/", EncodingType: "url" }),
  );
  expect(EncodingType).toBe("url");
  expect(Contents?.map(({ Key }) => Key)).toEqual(["p/a+b%2Bc"]);
});

it("a token that the server did not make is refused", async () => {
  const { client, Bucket } = await startWith(["a"]);
  const list = client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: "not a token" }));
  await expect(list).rejects.toMatchObject({ name: "InvalidArgument" });
});

it("a bucket that is missing is told from one that is there", async () => {
  const { client, Bucket } = await startWith([]);
  await client.send(new HeadBucketCommand({ Bucket }));
  const missing = client.send(new ListObjectsV2Command({ Bucket: "no-such-bucket" }));
  await expect(missing).rejects.toMatchObject({ name: "NoSuchBucket" });
});
