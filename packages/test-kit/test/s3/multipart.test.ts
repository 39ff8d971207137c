import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { KIBIBYTE, type S3Bed, startBed } from "./s3-bed.ts";

const Key = "k";
type Options = Partial<CreateMultipartUploadCommandInput>;

/** Uploads parts of the given sizes. */
async function upload(
  { client, Bucket }: S3Bed,
  sizes: readonly number[],
  options: Options = { ChecksumAlgorithm: "CRC32" },
) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }));
  const Parts = [];
  for (const [index, size] of sizes.entries()) {
    const body = { Body: Buffer.alloc(size, index + 1), ChecksumAlgorithm: options.ChecksumAlgorithm };
    const part = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, ...body }));
    Parts.push({ PartNumber: index + 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
  }
  return { target: { Bucket, Key, UploadId }, Parts };
}

const bodyOf = (sizes: readonly number[]) => Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index + 1)));

it("parts become one object, with the ETag of parts and either kind of checksum", async () => {
  const bed = await startBed();
  const sizes = [KIBIBYTE, KIBIBYTE, 10];
  for (const ChecksumType of ["FULL_OBJECT", "COMPOSITE"] as const) {
    const { target, Parts } = await upload(bed, sizes, { ChecksumAlgorithm: "CRC32", ChecksumType });
    await bed.client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));

    const head = await bed.client.send(new HeadObjectCommand({ Bucket: bed.Bucket, Key, ChecksumMode: "ENABLED" }));
    const digests = Parts.map(({ ETag = "" }) => Buffer.from(ETag.replaceAll('"', ""), "hex"));
    expect(head.ETag).toBe(`"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-3"`);
    const whole = Buffer.alloc(4);
    whole.writeUInt32BE(crc32(bodyOf(sizes)));
    if (ChecksumType === "FULL_OBJECT") expect(head.ChecksumCRC32).toBe(whole.toString("base64"));
    else expect(head.ChecksumCRC32).toMatch(/-3$/);
  }
  const { Body } = await bed.client.send(new GetObjectCommand({ Bucket: bed.Bucket, Key, Range: "bytes=1000-2050" }));
  expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(bodyOf(sizes).subarray(1_000, 2_051));
});

it("a part that is too small, missing, another, or out of order is refused", async () => {
  const bed = await startBed();
  const { target, Parts } = await upload(bed, [10, KIBIBYTE]);
  const complete = (parts: typeof Parts) =>
    bed.client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }));
  const [first, second] = Parts;
  if (!first || !second) throw new Error("two parts were uploaded");

  await expect(complete(Parts)).rejects.toMatchObject({ name: "EntityTooSmall" });
  await expect(complete([second, first])).rejects.toMatchObject({ name: "InvalidPartOrder" });
  await expect(complete([{ ...first, PartNumber: 3 }])).rejects.toMatchObject({ name: "InvalidPart" });
  await expect(complete([{ ...first, ETag: second.ETag }])).rejects.toMatchObject({ name: "InvalidPart" });
  await expect(complete([{ ...first, ChecksumCRC32: "AAAAAA==" }])).rejects.toMatchObject({ name: "InvalidPart" });
  await expect(complete([{ ...first, ChecksumCRC32: undefined }])).rejects.toMatchObject({ name: "InvalidRequest" });
  expect(bed.server.uploads()).toEqual([{ key: Key, uploadId: target.UploadId, parts: 2 }]);
});

it("a part without the checksum that the upload promised is refused", async () => {
  const bed = await startBed();
  const { target } = await upload(bed, []);
  const client = bed.connect({ requestChecksumCalculation: "WHEN_REQUIRED" });
  const part = client.send(new UploadPartCommand({ ...target, PartNumber: 1, Body: "x" }));
  await expect(part).rejects.toMatchObject({ name: "InvalidRequest" });
});

it("a conditional complete does not replace, and leaves the upload open", async () => {
  const bed = await startBed();
  const { target, Parts } = await upload(bed, [10]);
  await bed.client.send(new PutObjectCommand({ Bucket: bed.Bucket, Key, Body: "first" }));

  const complete = bed.client.send(
    new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, IfNoneMatch: "*" }),
  );

  await expect(complete).rejects.toMatchObject({ name: "PreconditionFailed" });
  expect(bed.server.uploads()).toHaveLength(1);
});

it("an aborted upload is gone with its parts", async () => {
  const bed = await startBed();
  const { target } = await upload(bed, [10, 20]);
  const listed = await bed.client.send(new ListPartsCommand(target));
  expect(listed.Parts?.map(({ Size }) => Size)).toEqual([10, 20]);

  await bed.client.send(new AbortMultipartUploadCommand(target));

  await expect(bed.client.send(new ListPartsCommand(target))).rejects.toMatchObject({ name: "NoSuchUpload" });
  expect((await bed.client.send(new ListMultipartUploadsCommand({ Bucket: bed.Bucket }))).Uploads).toBeUndefined();
  expect(await bed.server.files()).toEqual([]);
});

it("open uploads are listed by prefix", async () => {
  const bed = await startBed();
  const { target } = await upload(bed, []);
  const list = (Prefix: string) => bed.client.send(new ListMultipartUploadsCommand({ Bucket: bed.Bucket, Prefix }));
  expect((await list("k")).Uploads).toMatchObject([{ Key, UploadId: target.UploadId }]);
  expect((await list("other")).Uploads).toBeUndefined();
});
