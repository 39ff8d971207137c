import { readFile } from "node:fs/promises";
import { rule, type UrlOptionRules } from "@stowage/core/driver";
import { GCS_OPTION_RULES, type GcsOptions } from "@stowage/gcs";
import { LOCAL_OPTION_RULES } from "@stowage/local";
import { MEMORY_OPTION_RULES } from "@stowage/memory";
import { S3_OPTION_RULES, type S3Options } from "@stowage/s3";
import { expect, it } from "vitest";
import { openFilesystem } from "../src/index.ts";
import { optionsOfUrl, parametersOf } from "../src/options-of-url.ts";

const README = new URL("../README.md", import.meta.url);
const RETRY = { retryAttempts: "3", retryBaseMs: "0", retryCapMs: "50", retryTotalMs: "Infinity" };
const RETRIED = { attempts: 3, baseMs: 0, capMs: 50, totalMs: Number.POSITIVE_INFINITY };

const S3_PARAMETERS: Record<string, string> = {
  service: "ovh",
  endpoint: "https://s3.example.org",
  region: "auto",
  forcePathStyle: "false",
  storageClass: "STANDARD_IA",
  serverSideEncryption: "aws:kms",
  serverSideEncryptionKeyId: "id",
  objectLockMode: "governance",
  objectLockDays: "30",
  checksums: "when-required",
  signPayload: "true",
  requesterPays: "true",
  conditionalCreate: "false",
  conditionalCreateSize: "100",
  partSize: "5242880",
  maxParts: "1000",
  concurrency: "2",
  connectTimeoutMs: "1000",
  idleTimeoutMs: "2000",
  abortGraceMs: "0",
  abandonedAfterMs: "Infinity",
  ...RETRY,
};

const S3_OPTIONS: Partial<S3Options> = {
  service: "ovh",
  endpoint: "https://s3.example.org",
  region: "auto",
  forcePathStyle: false,
  storageClass: "STANDARD_IA",
  serverSideEncryption: { algorithm: "aws:kms", keyId: "id" },
  objectLock: { mode: "governance", days: 30 },
  checksums: "when-required",
  signPayload: true,
  requesterPays: true,
  capabilities: { conditionalCreate: false, conditionalCreateSize: 100 },
  partSize: 5_242_880,
  maxParts: 1_000,
  concurrency: 2,
  connectTimeoutMs: 1_000,
  idleTimeoutMs: 2_000,
  abortGraceMs: 0,
  abandonedAfterMs: Number.POSITIVE_INFINITY,
  retry: RETRIED,
};

const GCS_PARAMETERS: Record<string, string> = {
  apiEndpoint: "https://gcs.example.org",
  projectId: "p",
  userProject: "payer",
  signedUrls: "false",
  chunkSize: "262144",
  connectTimeoutMs: "1000",
  idleTimeoutMs: "2000",
  ...RETRY,
};

const GCS_OPTIONS: Partial<GcsOptions> = {
  apiEndpoint: "https://gcs.example.org",
  projectId: "p",
  userProject: "payer",
  signedUrls: false,
  chunkSize: 262_144,
  connectTimeoutMs: 1_000,
  idleTimeoutMs: 2_000,
  retry: RETRIED,
};

it.each<[string, UrlOptionRules<object>, Record<string, string>, object]>([
  ["s3://bucket", S3_OPTION_RULES, S3_PARAMETERS, S3_OPTIONS],
  ["gs://bucket", GCS_OPTION_RULES, GCS_PARAMETERS, GCS_OPTIONS],
  ["file:///srv/x", LOCAL_OPTION_RULES, { create: "false" }, { create: false }],
  ["memory:", MEMORY_OPTION_RULES, {}, {}],
])(
  "%s takes each option of its driver that a URL can give, and the driver takes it",
  async (address, rules, parameters, options) => {
    const url = new URL(`${address}?${new URLSearchParams(parameters)}`);

    expect(parametersOf(rules)).toEqual(Object.keys(parameters)); // a new option needs a line above
    expect(optionsOfUrl(url, rules)).toEqual(options);
    await expect(openFilesystem(url, { environment: {} })).resolves.toBeDefined();
  },
);

it.each([
  ["s3://b?retryAttempts=0", /^retryAttempts: not a whole number from 1 on$/],
  ["s3://b?partSize=-1", /^partSize: not a whole number/],
  ["s3://b?partSize=1e6", /^partSize: not a whole number/],
  ["s3://b?signPayload=yes", /^signPayload: not true or false$/],
  ["s3://b?region=", /^region: not a text/],
  ["s3://b?abandonedAfterMs=60000", /^abandonedAfterMs: not a number of milliseconds from an hour on$/],
  ["s3://b?serverSideEncryptionKeyId=a", /^serverSideEncryptionKeyId: serverSideEncryption is missing$/],
  ["s3://b?service=backblaze", /^service: no such service; did you mean b2\?$/],
  ["s3://b?service=hetzne", /^service: no such service; did you mean hetzner\?$/],
  ["s3://b?service=r2", /^endpoint: Cloudflare R2 needs it, such as https/],
  ["s3://b?objectLockDays=3", /^objectLockDays: objectLockMode is missing$/],
  ["s3://b?checksums=none", /^checksums: not one of "full-object"/],
  ["s3://b?prefix=a", /^url: prefix is the path of the URL, and no parameter$/],
  ["gs://b?authClient=a", /^url: authClient is an object, for gcsFilesystem alone, and no parameter$/],
  ["s3://b?retryAttempt=2", /did you mean retryAttempts\?$/],
  ["s3://b?retry=2", /unknown parameter retry; it takes .*retryAttempts/],
  ["s3://b?constructor=2", /unknown parameter constructor/],
  ["memory:?volume=a", /^url: volume is an object/],
])("%s is refused by name", async (url, message) => {
  await expect(openFilesystem(url, { environment: {} })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(message),
  });
});

it("an option that no URL gives needs a reason", () => {
  const expected = "a thing";
  const accepts = () => true;
  const rules: UrlOptionRules<{ a?: string; b?: { c?: number } }> = {
    a: { expected, accepts, notInUrl: "is a thing" },
    // @ts-expect-error: neither parts, nor a text, nor a reason
    b: { expected, accepts },
  };
  // @ts-expect-error: a part without a parameter
  const parted: UrlOptionRules<{ b?: { c?: number } }> = { b: { ...rule.object, parts: { c: rule.wholeNumber(0) } } };

  expect([parametersOf(rules), parametersOf(parted)]).toEqual([["b"], [undefined]]);
});

it("the README lists the parameters that the drivers take", async () => {
  const readme = await readFile(README, "utf8");
  for (const [scheme, rules] of Object.entries({
    "s3:": S3_OPTION_RULES,
    "gs:": GCS_OPTION_RULES,
    "file:": LOCAL_OPTION_RULES,
  })) {
    const names = parametersOf(rules).map((name) => `\`${name}\``);
    expect(readme).toContain(`| \`${scheme}\` | ${names.join(", ")} |`);
  }
});
