import { inspect } from "node:util";
import { StowageError } from "@stowage/core";
import { expect, it } from "vitest";
import { s3Filesystem } from "../src/index.ts";
import { resolveOptions } from "../src/resolve-options.ts";
import type { S3Options } from "../src/s3-options.ts";

it.each([
  [undefined, ""],
  ["", ""],
  ["/", ""],
  ["backups", "backups/"],
  ["/app/backups/", "app/backups/"],
  ["späte Sicherungen/ü", "späte Sicherungen/ü/"],
])("the prefix %j becomes %j", (prefix, expected) => {
  expect(resolveOptions({ bucket: "b", ...(prefix === undefined ? {} : { prefix }) }).prefix).toBe(expected);
});

const WRONG: [option: string, options: Partial<S3Options>][] = [
  ["bucket", { bucket: "" }],
  ["bucket", { bucket: "s3://hunter2" }],
  ["bucket", { bucket: "hunter2/folder" }],
  ["bucket", { bucket: "hunter2 " }],
  ["bucket", { bucket: new URL("s3://hunter2") } as object],
  ["prefix", { prefix: "a//b" }],
  ["prefix", { prefix: "a/../b" }],
  ["prefix", { prefix: "a\\b" }],
  ["prefix", { prefix: "a\nb" }],
  ["prefix", { prefix: "\ud800" }],
  ["prefix", { prefix: "x".repeat(784) }],
  ["endpoint", { endpoint: "not a url" }],
  ["endpoint", { endpoint: "ftp://host" }],
  ["endpoint", { endpoint: "https://user:hunter2@host" }],
  ["credentials", { credentials: { accessKeyId: "hunter2", secretAccessKey: "" } }],
  ["credentials", { credentials: { accessKeyId: "hunter2", secretAccessKey: 7 } } as object],
  ["credentials", { credentials: { accessKey: "hunter2", secretKey: "hunter2" } } as object],
  ["credentials", { credentials: "hunter2" } as object],
  ["partSize", { partSize: 0 }],
  ["partSize", { partSize: 6 * 1_024 ** 3 }],
  ["concurrency", { concurrency: 1.5 }],
  ["idleTimeoutMs", { idleTimeoutMs: Number.NaN }],
  ["idleTimeoutMs", { idleTimeoutMs: 0 }],
  ["idleTimeoutMs", { idleTimeoutMs: 2 ** 31 }],
  ["connectTimeoutMs", { connectTimeoutMs: Number.POSITIVE_INFINITY }],
  ["connectTimeoutMs", { connectTimeoutMs: "10s" } as object],
  ["abortGraceMs", { abortGraceMs: 2 ** 40 }],
  ["abortGraceMs", { abortGraceMs: -1 }],
  ["abandonedAfterMs", { abandonedAfterMs: 1_000 }],
  ["abandonedAfterMs", { abandonedAfterMs: Number.NaN }],
  ["forcePathStyel", { forcePathStyel: true } as object],
  ["forcePathStyle", { forcePathStyle: "yes" } as object],
  ["capabilities.conditionalCreat", { capabilities: { conditionalCreat: false } } as object],
  ["serverSideEncryption.key", { serverSideEncryption: { algorithm: "AES256", key: "hunter2" } } as object],
  ["objectLock", { objectLock: "hunter2" } as object],
  ["objectLock.mode", { objectLock: { days: 1 } } as object],
  ["objectLock.mode", { objectLock: { mode: "hunter2", days: 1 } } as object],
  ["objectLock.mode", { objectLock: { mode: "GOVERNANCE", days: 1 } } as object],
  ["objectLock.days", { objectLock: { mode: "governance" } } as object],
  ["objectLock.days", { objectLock: { mode: "governance", days: 0 } }],
  ["objectLock.days", { objectLock: { mode: "governance", days: 1.5 } }],
  ["objectLock.days", { objectLock: { mode: "governance", days: 36_501 } }],
  ["objectLock.days", { objectLock: { mode: "governance", days: "30" } } as object],
  ["objectLock.day", { objectLock: { mode: "governance", days: 1, day: 1 } } as object],
  ["retry.attempt", { retry: { attempt: 1 } } as object],
];

it.each(WRONG)("a wrong %s is refused by name, without its value: %j", (option, options) => {
  let error: unknown;
  try {
    s3Filesystem({ bucket: "b", ...options });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(StowageError);
  expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(new RegExp(`^${option}: `)) });
  expect(inspect(error)).not.toContain("hunter2");
});

it("the ARN of an access point is a bucket, and so are the longest waits", () => {
  const bucket = "arn:aws:s3:eu-west-1:123456789012:accesspoint/backups";
  const longest = { connectTimeoutMs: 2 ** 31 - 1, idleTimeoutMs: 2 ** 31 - 1, abortGraceMs: 3_600_000 };
  expect(resolveOptions({ bucket, ...longest })).toMatchObject({ bucket, ...longest });
});

it("checksums of the whole object are for AWS, and an endpoint is asked for less", () => {
  expect(resolveOptions({ bucket: "b" }).checksums).toBe("full-object");
  expect(resolveOptions({ bucket: "b", endpoint: "https://s3.example.org" }).checksums).toBe("when-supported");
});

it("content is signed where TLS does not protect it", () => {
  expect(resolveOptions({ bucket: "b" }).signPayload).toBe(false);
  expect(resolveOptions({ bucket: "b", endpoint: "https://s3.example.org" }).signPayload).toBe(false);
  expect(resolveOptions({ bucket: "b", endpoint: "http://127.0.0.1:9000" }).signPayload).toBe(true);
});

it("capabilities are frozen, and options take some back", () => {
  const endpoint = "https://s3.example.org";
  expect(s3Filesystem({ bucket: "b" }).capabilities).toMatchObject({ conditionalCreate: true, signedUrls: true });
  expect(
    s3Filesystem({ bucket: "b", endpoint, capabilities: { conditionalCreate: false } }).capabilities.conditionalCreate,
  ).toBe(false);
  const { limits } = s3Filesystem({ bucket: "b", endpoint, capabilities: { conditionalCreateSize: 8 } }).capabilities;
  expect(limits.conditionalCreateSize).toBe(8);
  expect(Object.isFrozen(limits)).toBe(true);
});
