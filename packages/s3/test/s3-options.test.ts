import { inspect } from "node:util";
import { StowageError } from "@stowage/core";
import { expect, it } from "vitest";
import { s3Filesystem } from "../src/index.ts";
import { resolveOptions, type S3Options } from "../src/s3-options.ts";

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
  ["partSize", { partSize: 0 }],
  ["partSize", { partSize: 6 * 1_024 ** 3 }],
  ["concurrency", { concurrency: 1.5 }],
  ["idleTimeoutMs", { idleTimeoutMs: Number.NaN }],
  ["abandonedAfterMs", { abandonedAfterMs: 1_000 }],
  ["abandonedAfterMs", { abandonedAfterMs: Number.NaN }],
  ["forcePathStyel", { forcePathStyel: true } as object],
  ["forcePathStyle", { forcePathStyle: "yes" } as object],
  ["capabilities.conditionalCreat", { capabilities: { conditionalCreat: false } } as object],
  ["serverSideEncryption.key", { serverSideEncryption: { algorithm: "AES256", key: "hunter2" } } as object],
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
