import { Readable } from "node:stream";
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { answerWith } from "@stowage/test-kit";
import { readTree } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { S3Options } from "../src/s3-options.ts";
import { S3_SERVICES, type S3ServiceName } from "../src/services.ts";
import { KIBIBYTE, PART_SIZE } from "./bed.ts";
import { managerOf, resolveHosts, startService } from "./service-bed.ts";
import { SERVICE_PROFILES } from "./service-profiles.ts";

const NAMES = Object.keys(S3_SERVICES) as S3ServiceName[];
const BYTES = 150 * KIBIBYTE;

/** So many that the smallest parts would be more than 1,000. */
const MANY_PARTS = 17 * 1_024 * KIBIBYTE;

describe.each(NAMES)("at %s", (name) => {
  it("backups are made in parts, listed, verified, restored and deleted", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { server, open } = await startService(name);
    const bytes = SERVICE_PROFILES[name].maxParts === undefined ? BYTES : MANY_PARTS;
    const { manager, dataDir, data } = await managerOf(open(), bytes);

    const made = await manager.create({ name: "first.zip" });
    await expect(manager.create({ name: "first.zip" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });

    expect(await manager.list()).toEqual([expect.objectContaining({ key: "first.zip", size: made.size })]);
    expect(await manager.verify("first.zip")).toMatchObject({ entries: 3, warnings: [] });
    await manager.restore("first.zip");
    expect(await readTree(dataDir)).toEqual(data);
    await manager.delete("first.zip");
    expect(await manager.list()).toEqual([]);
    expect(server.uploads()).toEqual([]);
    const hasLock = S3_SERVICES[name].conditions !== "none";
    const codes = warn.mock.calls.map(([, options]) => (options as { code?: string } | undefined)?.code);
    expect(codes.includes("STOWAGE_LOCK_OF_PROCESS_ONLY")).toBe(!hasLock);
  });

  it("a create-only write keeps what is there, in one request and in parts, or is refused", async () => {
    const { open } = await startService(name);
    const filesystem = open();
    const { conditionalCreate, limits } = filesystem.capabilities;
    await filesystem.write("key", Buffer.from("theirs"));

    for (const size of [10, 5 * (limits.partSize ?? 0)]) {
      const write = filesystem.write("key", Buffer.alloc(size), { ifNotExists: true });
      const isKept = conditionalCreate && size <= (limits.conditionalCreateSize ?? Number.POSITIVE_INFINITY);
      await expect(write).rejects.toMatchObject({ code: isKept ? "ALREADY_EXISTS" : "UNSUPPORTED" });
    }

    expect(await filesystem.stat("key")).toMatchObject({ size: 6 });
  });
});

/** What a row says, taken back: which write fails then, and what the message says to set. */
const WITHOUT: [S3ServiceName, Partial<S3Options>, { parts: number; ifNotExists?: boolean }, string, RegExp][] = [
  [
    "b2",
    { capabilities: { conditionalCreate: true } },
    { parts: 1, ifNotExists: true },
    "UNSUPPORTED",
    /not implemented; set capabilities: \{ conditionalCreate: false \}/,
  ],
  [
    "b2",
    { capabilities: { conditionalCreate: true } },
    { parts: 3, ifNotExists: true },
    "UNSUPPORTED",
    /set capabilities: \{ conditionalCreateSize \} to/,
  ],
  [
    "b2",
    { checksums: "when-supported" },
    { parts: 1 },
    "CONFIG_INVALID",
    /this API call; set checksums: "when-required"/,
  ],
  ["r2", { checksums: "full-object" }, { parts: 3 }, "UNSUPPORTED", /set checksums: "when-supported"/],
  ["r2", { region: "eu-west-1" }, { parts: 1 }, "CONFIG_INVALID", /expecting 'auto'; set region to/],
  ["wasabi", { checksums: "when-supported" }, { parts: 3 }, "CONFIG_INVALID", /set checksums: "when-required"/],
  ["swift", { checksums: "when-supported" }, { parts: 3 }, "CONFIG_INVALID", /set checksums: "when-required"/],
  ["oss", { forcePathStyle: true }, { parts: 1 }, "CONFIG_INVALID", /set forcePathStyle: false/],
  ["cos", { forcePathStyle: true }, { parts: 1 }, "CONFIG_INVALID", /set forcePathStyle: false/],
  ["scaleway", { maxParts: 10_000 }, { parts: 4 }, "CONFIG_INVALID", /set maxParts to the most parts/],
];

it.each(WITHOUT)(
  "at %s, %j fails with the option to set: %j",
  async (name, options, { parts, ...rest }, code, message) => {
    const { server, open } = await startService(name, { maxParts: 3 });
    const content = Buffer.alloc((parts - 1) * PART_SIZE + 1);

    const write = open(options).write("key", Readable.from([content]), rest);

    await expect(write).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect([server.keys(), server.uploads()]).toEqual([[], []]);
  },
);

/** What a program does that knows a service by its address only, and reads messages. */
const FOLLOWED: [RegExp, (match: RegExpExecArray) => Partial<S3Options>][] = [
  [/set checksums: "(when-supported|when-required)"/, ([, checksums]) => ({ checksums: checksums as "when-required" })],
  [/between 1 and (\d+), inclusive; set maxParts/, ([, most]) => ({ maxParts: Number(most) })],
  [/expecting '([^']+)'; set region/, ([, region]) => ({ region: String(region) })],
  [/set forcePathStyle: false/, () => ({ forcePathStyle: false })],
];

it.each(NAMES)("at %s nothing fails for want of an option that no message names", async (name) => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const { open } = await startService(name, { maxParts: 3 });
  const options: Partial<S3Options> = { service: undefined, region: undefined, checksums: undefined } as object;
  const followed: Partial<S3Options>[] = [];

  for (let round = 1; ; round++) {
    const { manager, dataDir, data } = await managerOf(open({ ...options, ...Object.assign({}, ...followed) }), BYTES);
    const failure = await manager.create({ name: "first.zip" }).then(() => undefined, String);
    if (failure === undefined) {
      await manager.restore("first.zip");
      expect(await readTree(dataDir)).toEqual(data);
      break;
    }
    const advice = FOLLOWED.flatMap(([pattern, follow]) => {
      const match = pattern.exec(failure);
      return match ? [follow(match)] : [];
    });
    expect(advice, `round ${round}: ${failure}`).not.toEqual([]);
    expect(round).toBeLessThan(6);
    followed.push(...advice);
  }
});

it.each([
  ["Conditional object PUTs are not supported.", /supported; set capabilities: \{ conditionalCreate: false \}$/],
  ["Checksum type FULL_OBJECT is not implemented", /implemented; set checksums: "when-required"$/],
  ["A header is not implemented", /; set capabilities: .*; if that does not help, set checksums: "when-required"$/],
])("of what may be meant by %j only what it speaks of is named", async (refusal, message) => {
  const { proxy, open } = await startService("seaweedfs");
  const body = `<Error><Code>NotImplemented</Code><Message>${refusal}</Message></Error>`;
  proxy.inject({ match: ({ method }) => method === "PUT", fault: answerWith(501, body) });

  const write = open({ checksums: "when-supported" }).write("key", Buffer.from("x"), { ifNotExists: true });

  await expect(write).rejects.toMatchObject({ message: expect.stringMatching(message) });
});

it("a header of encryption that a service does not know is named, too", async () => {
  const { proxy, open } = await startService("seaweedfs");
  const body =
    "<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality.</Message></Error>";
  proxy.inject({ match: ({ method }) => method === "PUT", fault: answerWith(501, body) });
  const filesystem = open({
    serverSideEncryption: { algorithm: "AES256" },
    storageClass: "COLD",
    checksums: "when-required",
  });

  await expect(filesystem.write("key", Buffer.from("x"))).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringMatching(/; leave out serverSideEncryption; if that does not help, leave out storageClass$/),
  });
});

it("parts that are not equal are refused where they must be, with what to do", async () => {
  const { proxy, server, open } = await startService("r2");
  const client = new S3Client({ ...server, region: "auto", endpoint: proxy.endpoint, forcePathStyle: true });
  onTestFinished(() => client.destroy());
  const target = { Bucket: server.bucket, Key: "key" };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const Parts: CompletedPart[] = [];
  for (const [index, size] of [PART_SIZE, PART_SIZE + 1, 1].entries()) {
    const part = { ...target, UploadId, PartNumber: index + 1, Body: Buffer.alloc(size) };
    Parts.push({ PartNumber: index + 1, ETag: (await client.send(new UploadPartCommand(part))).ETag });
  }
  const completion = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } });

  const refused = await client.send(completion).catch((error: Error) => error);

  expect(refused).toMatchObject({ name: "InvalidPart", message: expect.stringContaining("same length") });
  const body = `<Error><Code>InvalidPart</Code><Message>${(refused as Error).message}</Message></Error>`;
  proxy.inject({
    match: ({ method, query }) => method === "POST" && query.has("uploadId"),
    fault: answerWith(400, body),
  });
  const write = open().write("key", Buffer.alloc(3 * PART_SIZE));
  await expect(write).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/set a larger partSize/),
  });
});

it("a refusal at a URL of a service that is not named says its name", async () => {
  const { server, open } = await startService("b2");
  resolveHosts();
  const endpoint = server.endpoint.replace("127.0.0.1", "s3.us-west-004.backblazeb2.com");
  const filesystem = open({ service: undefined, endpoint } as object);

  await expect(filesystem.write("key", Buffer.from("x"))).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/; set checksums: "when-required", or service: "b2"$/),
  });
});
