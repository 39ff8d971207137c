import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { answerWith } from "@stowage/test-kit";
import { describe, expect, it } from "vitest";
import { bytesAt, pattern, startBed } from "./bed.ts";
import { DAY_MS, isHead, isRetention, objectLock, RETAINING, SHAPES } from "./object-lock-bed.ts";

const LOCK_RECORD = "0000000000000001";

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
      expect(server.requests.filter(isRetention)).toEqual([]); // its write said enough
      expect(until?.getTime()).toBeGreaterThanOrEqual(before + 30 * DAY_MS - 1_000); // answers tell the time in seconds
      expect(until?.getTime()).toBeLessThanOrEqual(Date.now() + 30 * DAY_MS + 1_000);
      expect(await bytesAt(filesystem, "a.zip")).toEqual(content);
    },
  );

  it.each([
    ["its own retention", { objectLock: {} }, { objectLock }, "COMPLIANCE"],
    ["the bucket's", RETAINING, {}, "GOVERNANCE"],
  ] as const)(
    "is neither deleted nor replaced under %s, and the error says until when",
    async (_, bed, options, mode) => {
      const { server, open } = await startBed(bed);
      await open(options).write("a.zip", content, { ifNotExists: true });
      const until = server.versions("a.zip")[0]?.object?.retention?.until.toISOString();
      const refusal = {
        code: "PERMISSION_DENIED",
        reason: "retained",
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

  const refusal = { code: "PERMISSION_DENIED", message: expect.stringContaining("until its legal hold") };
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

  await open({ retry: { attempts: 1 } }).write("a", pattern(4));

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

async function* contentOf(number: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`record ${number}`);
}
