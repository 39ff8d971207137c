import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { answerWith, type RecordedRequest } from "@stowage/test-kit";
import { describe, expect, it } from "vitest";
import type { S3Options } from "../src/index.ts";
import { bytesAt, PART_SIZE, pattern, startBed } from "./bed.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const objectLock = { mode: "compliance", days: 30 } as const;
const LOCK_RECORD = "0000000000000001";
const DEFAULT = { objectLock: { defaultRetention: { mode: "GOVERNANCE", days: 30 } } } as const;

const isHead = ({ method }: RecordedRequest) => method === "HEAD";
const isPut = ({ method }: RecordedRequest) => method === "PUT";
const isConfiguration = ({ query }: RecordedRequest) => query.has("object-lock");

const SHAPES: [name: string, content: Buffer][] = [
  ["one request", pattern(100)],
  ["parts", pattern(2 * PART_SIZE + 1)],
];

describe.each(SHAPES)("an object that is sent in %s", (_, content) => {
  it.each(["full-object", "when-supported", "when-required"] as const)(
    "is retained from the start of its write, with checksums %s",
    async (checksums) => {
      const { server, open } = await startBed({ objectLock: {} });
      const filesystem = open({ objectLock, checksums });
      const before = Date.now();

      await filesystem.write("a.zip", content);

      const [version] = server.versions("a.zip");
      const { mode, until } = version?.object?.retention ?? {};
      expect(mode).toBe("COMPLIANCE");
      expect(until?.getTime()).toBeGreaterThanOrEqual(before + 30 * DAY_MS - 1_000); // answers tell the time in seconds
      expect(until?.getTime()).toBeLessThanOrEqual(Date.now() + 30 * DAY_MS + 1_000);
      expect(await bytesAt(filesystem, "a.zip")).toEqual(content);
    },
  );

  it.each([
    ["its own retention", { objectLock: {} }, { objectLock }, "COMPLIANCE"],
    ["the bucket's", DEFAULT, {}, "GOVERNANCE"],
  ] as const)(
    "is neither deleted nor replaced under %s, and the error says until when",
    async (_, bed, options, mode) => {
      const { server, open } = await startBed(bed);
      await open(options).write("a.zip", content, { ifNotExists: true });
      const until = server.versions("a.zip")[0]?.object?.retention?.until.toISOString();
      const refusal = {
        code: "PERMISSION_DENIED",
        retryable: false,
        message: expect.stringContaining(`until ${until} (${mode})`),
      };

      await expect(open(options).delete("a.zip")).rejects.toMatchObject(refusal);
      await expect(open(options).write("a.zip", pattern(3))).rejects.toMatchObject(refusal);
      await expect(open(options).write("a.zip", pattern(3), { ifNotExists: true })).rejects.toMatchObject({
        code: "ALREADY_EXISTS",
      });

      expect(server.versions("a.zip")).toHaveLength(1);
      expect(server.uploads()).toEqual([]);
    },
  );
});

it("when its retention is over an object is replaced and deleted, by the clock of the service", async () => {
  let ahead = 0;
  const { server, open } = await startBed({ objectLock: {}, now: () => Date.now() + ahead });
  await open({ objectLock }).write("a.zip", pattern(3));
  await open({ objectLock }).write("b.zip", pattern(3));
  ahead = 31 * DAY_MS;
  const filesystem = open();

  await filesystem.delete("a.zip");
  await filesystem.write("b.zip", pattern(4));

  expect(server.keys()).toEqual(["b.zip"]);
  expect(await bytesAt(filesystem, "b.zip")).toEqual(pattern(4));
});

it("a legal hold keeps an object without an end", async () => {
  const { server, open } = await startBed({ objectLock: {} });
  const { endpoint, region, credentials, bucket: Bucket } = server;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new PutObjectCommand({ Bucket, Key: "a.zip", Body: "1", ObjectLockLegalHoldStatus: "ON" }));
  client.destroy();
  const filesystem = open();

  const refusal = { code: "PERMISSION_DENIED", message: expect.stringContaining("legal hold") };
  await expect(filesystem.delete("a.zip")).rejects.toMatchObject(refusal);
  await expect(filesystem.write("a.zip", pattern(4))).rejects.toMatchObject(refusal);
});

describe("a record of the storage's lock", () => {
  it.each(["", "app1.", "tenant-"])(
    "with %j in front is not retained, and replaced and deleted at will",
    async (prefix) => {
      const { server, open } = await startBed({ objectLock: {} });
      const { driver } = open({ objectLock });
      const { signal } = new AbortController();
      const key = `${prefix}.stowage-lock.${LOCK_RECORD}`;
      await driver.open({ signal });
      for (let renewal = 0; renewal < 3; renewal++) await driver.write(key, contentOf(renewal), { signal });
      const asked = server.requests.length;

      await driver.delete(key, { signal });

      expect(server.versions(key).map(({ object }) => object?.retention)).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(server.requests.slice(asked).map(({ method }) => method)).toEqual(["DELETE"]);
    },
  );

  it.each(["a.stowage-lock.zip", ".stowage-lock.1.zip", "lock.0000000000000001"])(
    "is none that looks like %j, which is retained",
    async (key) => {
      const { server, open } = await startBed({ objectLock: {} });
      const { driver } = open({ objectLock });
      const { signal } = new AbortController();
      await driver.open({ signal });
      await driver.write(key, contentOf(1), { signal });
      expect(server.versions(key)[0]?.object?.retention?.mode).toBe("COMPLIANCE");
    },
  );
});

describe("a bucket that cannot lock", () => {
  it.each([
    ["one without object lock", undefined, "CONFIG_INVALID"],
    ["a service without it", answerWith(501, error("NotImplemented")), "CONFIG_INVALID"],
    ["a service that answers with a list", answerWith(200, "<ListBucketResult></ListBucketResult>"), "CONFIG_INVALID"],
    ["a service that is down", answerWith(503, error("ServiceUnavailable")), "UNAVAILABLE"],
  ])("is told when it is opened: %s", async (_, fault, code) => {
    const { proxy, server, open } = await startBed();
    if (fault) proxy.inject({ match: isConfiguration, fault });

    const write = open({ objectLock }).write("a.zip", pattern(3));

    await expect(write).rejects.toMatchObject({ code });
    if (code === "CONFIG_INVALID") await expect(write).rejects.toThrow(/objectLock: .*enable it for the bucket/);
    expect(server.requests.filter(isPut)).toEqual([]);
  });

  it("is told by the first write where the credentials may not ask", async () => {
    const { proxy, open } = await startBed({ versioned: true });
    proxy.inject({ match: isConfiguration, fault: answerWith(403, error("AccessDenied")) });

    const write = open({ objectLock }).write("a.zip", pattern(3));

    await expect(write).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(write).rejects.toThrow(/leave objectLock out/);
  });

  it("costs one that does not set the option no question", async () => {
    const { server, open } = await startBed();
    await open().write("a.zip", pattern(3), { ifNotExists: true });
    expect(server.requests.filter(isConfiguration)).toEqual([]);
  });
});

it("a bucket that retains by its own rule wants checksums, and the message says so", async () => {
  const { open } = await startBed(DEFAULT);
  for (const [, content] of SHAPES) {
    const write = open({ checksums: "when-required" }).write("a.zip", content);
    await expect(write).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(write).rejects.toThrow(/leave checksums: "when-required" out/);
  }
});

describe("a service that refuses by itself, without versions", () => {
  const refusals: [name: string, status: number, body: string][] = [
    ["MinIO of old", 400, error("InvalidRequest", "Object is WORM protected and cannot be overwritten")],
    ["versitygw", 403, error("AccessDenied", "Access Denied because object protected by object lock.")],
    ["one with a code for it", 409, error("ObjectLocked")],
  ];

  it.each(refusals)("is understood: %s", async (_, status, body) => {
    const { proxy, server, open } = await startBed();
    const filesystem = open();
    await filesystem.write("a.zip", pattern(3));
    proxy.inject({ match: ({ method }) => method !== "HEAD", fault: answerWith(status, body) });
    const refused = { code: "PERMISSION_DENIED", retryable: false };

    await expect(filesystem.delete("a.zip")).rejects.toMatchObject(refused);
    for (const [, content] of SHAPES) {
      await expect(filesystem.write("a.zip", content)).rejects.toMatchObject(refused);
      const create = filesystem.write("a.zip", content, { ifNotExists: true });
      await expect(create).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    }

    expect(server.keys()).toEqual(["a.zip"]);
  });
});

it("a refusal by a service of which versions are unknown is told with its end, too", async () => {
  const { proxy, open } = await startBed();
  const filesystem = open();
  await filesystem.write("a.zip", pattern(3));
  const refusal = error("AccessDenied", "Access Denied because object protected by object lock.");
  proxy.inject({ match: isPut, fault: answerWith(403, refusal) });
  const end = new Date(Math.floor(Date.now() / 1_000) * 1_000 + DAY_MS).toISOString();
  proxy.inject({
    match: isHead,
    fault: async (exchange) => {
      const answer = await exchange.forward();
      answer.headers["x-amz-object-lock-mode"] = "COMPLIANCE";
      answer.headers["x-amz-object-lock-retain-until-date"] = end;
      exchange.writeHead(answer);
      exchange.response.end();
    },
  });

  await expect(filesystem.write("a.zip", pattern(4))).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: expect.stringContaining(`until ${end} (COMPLIANCE)`),
  });
});

it("an overwrite asks first while it is not known that no versions are kept, and a failed look is no reason to refuse", async () => {
  const { proxy, server, open } = await startBed();
  const filesystem = open();
  const looks = () => server.requests.filter(isHead).length;
  await filesystem.write("a", pattern(3));
  expect(looks()).toBe(2);
  await filesystem.write("a", pattern(3));
  await filesystem.write("b", pattern(3), { ifNotExists: true });
  expect(looks()).toBe(4);
  proxy.inject({ match: isHead, fault: answerWith(500) });

  await open({ retry: { attempts: 1 } } satisfies Partial<S3Options>).write("a", pattern(4));

  expect(await bytesAt(filesystem, "a")).toEqual(pattern(4));
});

it("a delete does not hide what it may not look at for a failure of the service, and hides what nobody may look at", async () => {
  const { proxy, server, open } = await startBed({ versioned: true });
  const filesystem = open({ retry: { attempts: 1 } });
  await filesystem.write("a", pattern(3));
  proxy.inject({ match: isHead, fault: answerWith(503), times: 1 });
  await expect(filesystem.delete("a")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(server.keys()).toEqual(["a"]);
  proxy.inject({ match: isHead, fault: answerWith(403), times: 1 });

  await filesystem.delete("a");

  expect(server.keys()).toEqual([]);
});

describe("a bucket that keeps versions", () => {
  it("shows what is current: no older version, no deleted key, and a name that is free again", async () => {
    const { server, open } = await startBed({ versioned: true });
    const filesystem = open();
    for (const size of [3, 4, 5]) await filesystem.write("a.zip", pattern(size));
    await filesystem.write("b.zip", pattern(3));
    await filesystem.delete("b.zip");
    await filesystem.delete("b.zip");

    const listed: [string, number][] = [];
    for await (const { key, size } of filesystem.list({ pageSize: 1 })) listed.push([key, size]);

    expect(listed).toEqual([["a.zip", 5]]);
    expect(await filesystem.exists("b.zip")).toBe(false);
    await expect(filesystem.read("b.zip")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await filesystem.write("b.zip", pattern(6), { ifNotExists: true });
    expect(await bytesAt(filesystem, "b.zip")).toEqual(pattern(6));
    expect(server.versions("a.zip")).toHaveLength(3);
  });
});

function error(code: string, message = "so it is"): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

async function* contentOf(number: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`record ${number}`);
}
