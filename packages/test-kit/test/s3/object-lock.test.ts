import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import type { S3ServerOptions } from "../../src/index.ts";
import { startBed } from "./s3-bed.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const IN_A_DAY = new Date(Math.ceil((Date.now() + DAY_MS) / 1_000) * 1_000);
const LOCKED = {
  ChecksumAlgorithm: "CRC32",
  ObjectLockMode: "COMPLIANCE",
  ObjectLockRetainUntilDate: IN_A_DAY,
} as const;
const DEFAULT: S3ServerOptions = { objectLock: { defaultRetention: { mode: "GOVERNANCE", days: 1 } } };

describe("a bucket that keeps versions", () => {
  it("names the version of each write, and shows the last one", async () => {
    const { client, Bucket, server } = await startBed({ versioned: true });
    const first = await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "first" }));
    const second = await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second" }));

    const now = await client.send(new GetObjectCommand({ Bucket, Key: "k" }));
    const old = await client.send(new GetObjectCommand({ Bucket, Key: "k", VersionId: first.VersionId }));

    expect([await now.Body?.transformToString(), now.VersionId]).toEqual(["second", second.VersionId]);
    expect(await old.Body?.transformToString()).toBe("first");
    expect(server.versions("k").map(({ id }) => id)).toEqual([first.VersionId, second.VersionId]);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([["k", 6]]);
  });

  it("hides a deleted key behind a marker, which a create-only write may cover and a delete takes away", async () => {
    const { client, Bucket, server } = await startBed({ versioned: true });
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "first" }));

    const deleted = await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));

    expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    expect(server.keys()).toEqual([]);
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents).toBeUndefined();
    await expect(client.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({ name: "NotFound" });
    const marker = new GetObjectCommand({ Bucket, Key: "k", VersionId: deleted.VersionId });
    await expect(client.send(marker)).rejects.toMatchObject({ $metadata: { httpStatusCode: 405 } });
    await client.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: deleted.VersionId }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect(await Body?.transformToString()).toBe("first");
    await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second", IfNoneMatch: "*" }));
    expect(server.versions("k")).toHaveLength(3);
  });

  it("refuses a retention unless it has object lock", async () => {
    const { client, Bucket } = await startBed({ versioned: true });
    const put = client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1", ...LOCKED }));
    await expect(put).rejects.toMatchObject({
      name: "InvalidRequest",
      message: expect.stringMatching(/ObjectLockConfiguration/),
    });
    const start = client.send(new CreateMultipartUploadCommand({ Bucket, Key: "k", ...LOCKED }));
    await expect(start).rejects.toMatchObject({ name: "InvalidRequest" });
    const ask = client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    await expect(ask).rejects.toMatchObject({ name: "ObjectLockConfigurationNotFoundError" });
  });
});

describe("a bucket with object lock", () => {
  it("says so, and which retention objects get by default", async () => {
    const { client, Bucket } = await startBed(DEFAULT);
    const { ObjectLockConfiguration } = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const Rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } };
    expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: "Enabled", Rule });
  });

  it("keeps a version until its retention ends, but hides it at once", async () => {
    let now = Date.now();
    const { client, Bucket } = await startBed({ objectLock: {}, now: () => now });
    const { VersionId } = await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1", ...LOCKED }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(head).toMatchObject({ ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: IN_A_DAY });

    await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const remove = { Bucket, Key: "k", VersionId, BypassGovernanceRetention: true };

    await expect(client.send(new DeleteObjectCommand(remove))).rejects.toMatchObject({
      name: "AccessDenied",
      message: "Access Denied because object protected by object lock.",
    });
    now += DAY_MS + 1_000;
    await expect(client.send(new DeleteObjectCommand(remove))).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
    await client.send(new DeleteObjectCommand(remove)); // by the server's clock
  });

  it("removes what is under GOVERNANCE for whoever asks to bypass it", async () => {
    const { client, Bucket, server } = await startBed(DEFAULT);
    const put = { Bucket, Key: "k", Body: "1", ChecksumAlgorithm: "CRC32" } as const;
    const { VersionId } = await client.send(new PutObjectCommand(put));
    const remove = { Bucket, Key: "k", VersionId };

    await expect(client.send(new DeleteObjectCommand(remove))).rejects.toMatchObject({ name: "AccessDenied" });
    await client.send(new DeleteObjectCommand({ ...remove, BypassGovernanceRetention: true }));

    expect(server.versions("k")).toEqual([]);
    expect(await server.files()).toEqual([]);
  });

  it("takes a longer retention, and no shorter one but of GOVERNANCE for whoever asks", async () => {
    const { client, Bucket, server } = await startBed({ objectLock: {} });
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
    const later = new Date(IN_A_DAY.getTime() + DAY_MS);
    const retain = (Mode: "GOVERNANCE" | "COMPLIANCE", RetainUntilDate: Date, BypassGovernanceRetention?: true) => {
      const Retention = { Mode, RetainUntilDate };
      const bypass = BypassGovernanceRetention ? { BypassGovernanceRetention } : {};
      return client.send(new PutObjectRetentionCommand({ Bucket, Key: "k", Retention, ...bypass }));
    };
    const refused = { name: "AccessDenied" };

    await retain("GOVERNANCE", later);
    await expect(retain("GOVERNANCE", IN_A_DAY)).rejects.toMatchObject(refused);
    await retain("GOVERNANCE", IN_A_DAY, true);
    await expect(retain("COMPLIANCE", later)).rejects.toMatchObject(refused);
    await retain("COMPLIANCE", IN_A_DAY, true);
    await retain("COMPLIANCE", later);
    await expect(retain("COMPLIANCE", IN_A_DAY, true)).rejects.toMatchObject(refused);

    expect(server.versions("k")[0]?.object?.retention).toEqual({ mode: "COMPLIANCE", until: later });
  });

  it("keeps a version with a legal hold, whoever asks", async () => {
    const { client, Bucket, server } = await startBed({ objectLock: {} });
    const held = { Bucket, Key: "k", Body: "1", ObjectLockLegalHoldStatus: "ON" } as const;
    const { VersionId } = await client.send(new PutObjectCommand(held));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(head.ObjectLockLegalHoldStatus).toBe("ON");
    const remove = new DeleteObjectCommand({ Bucket, Key: "k", VersionId, BypassGovernanceRetention: true });
    await expect(client.send(remove)).rejects.toMatchObject({ name: "AccessDenied" });
    expect(server.versions("k")).toHaveLength(1);
  });

  it.each([{ objectLock: {} }, DEFAULT])("locks what is sent in parts, under %j", async (options) => {
    const { client, Bucket, server } = await startBed(options);
    const target = { Bucket, Key: "k" };
    const lock = options === DEFAULT ? { ChecksumAlgorithm: "CRC32" as const } : LOCKED;
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, ...lock }));
    const part = { ...target, UploadId, PartNumber: 1, Body: "1" };
    const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand({ ...part, ChecksumAlgorithm: "CRC32" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };

    const { VersionId } = await client.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }),
    );

    const [version] = server.versions("k");
    expect(version?.id).toBe(VersionId);
    expect(version?.object?.retention?.mode).toBe(options === DEFAULT ? "GOVERNANCE" : "COMPLIANCE");
  });

  it("wants a digest of what it locks, and a signature is none", async () => {
    const { connect, Bucket } = await startBed(DEFAULT);
    const client = connect({ requestChecksumCalculation: "WHEN_REQUIRED" });
    const message = expect.stringMatching(
      /^Content-MD5 OR x-amz-checksum- HTTP header is required for Put (Object|Part) requests/,
    );
    const put = new PutObjectCommand({ Bucket, Key: "k", Body: "1" });
    await expect(client.send(put)).rejects.toMatchObject({ name: "InvalidRequest", message });
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    const part = new UploadPartCommand({ Bucket, Key: "k", UploadId, PartNumber: 1, Body: "1" });
    await expect(client.send(part)).rejects.toMatchObject({ name: "InvalidRequest", message });
    const ContentMD5 = "xMpCOKC5I4INzFCab3WEmw=="; // of "1"
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1", ContentMD5 }));
  });

  it.each([
    [{ ObjectLockMode: "COMPLIANCE" }, /must both be supplied/],
    [{ ObjectLockRetainUntilDate: IN_A_DAY }, /must both be supplied/],
    [{ ...LOCKED, ObjectLockMode: "compliance" }, /Unknown wormMode/],
    [{ ...LOCKED, ObjectLockRetainUntilDate: new Date(0) }, /must be in the future/],
  ])("refuses %j", async (lock, message) => {
    const { client, Bucket } = await startBed({ objectLock: {} });
    const put = new PutObjectCommand({ Bucket, Key: "k", Body: "1", ...(lock as typeof LOCKED) });
    await expect(client.send(put)).rejects.toMatchObject({
      name: "InvalidArgument",
      message: expect.stringMatching(message),
    });
  });
});
