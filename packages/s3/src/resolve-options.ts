import {
  assertOptions,
  bucketRule,
  folderPrefix,
  givenOptions,
  type OptionRule,
  type OptionRules,
  RETRY_RULES,
  rule,
  StowageError,
} from "@stowage/core/driver";
import type { S3Options, S3Settings } from "./s3-options.ts";

const CODE = "CONFIG_INVALID";
const GIBIBYTE = 1_024 ** 3;
const HOUR_MS = 60 * 60 * 1_000;

const OPTIONS: OptionRules<S3Options> = {
  bucket: {
    expected: "a name alone; a folder in it is the option prefix, and a URL is none of them",
    accepts: isBucket,
  },
  prefix: bucketRule.prefix,
  endpoint: bucketRule.endpoint,
  region: rule.text,
  forcePathStyle: rule.flag,
  credentials: { expected: "an object or a function", accepts: isObjectOrFunction },
  storageClass: rule.text,
  serverSideEncryption: rule.object,
  objectLock: rule.object,
  checksums: rule.oneOf("full-object", "when-supported", "when-required"),
  signPayload: rule.flag,
  capabilities: rule.object,
  partSize: rule.wholeNumber(1, 5 * GIBIBYTE),
  concurrency: rule.wholeNumber(1),
  connectTimeoutMs: rule.timerMs(1),
  idleTimeoutMs: rule.timerMs(1),
  abortGraceMs: rule.wholeNumber(0, HOUR_MS), // some waits are five times as long
  abandonedAfterMs: {
    expected: "a number of milliseconds from an hour on",
    accepts: (value) => Number(value) >= HOUR_MS,
  },
  retry: rule.object,
};

const ENCRYPTION: OptionRules<NonNullable<S3Options["serverSideEncryption"]>> = {
  algorithm: rule.oneOf("AES256", "aws:kms", "aws:kms:dsse"),
  keyId: rule.text,
};

const OBJECT_LOCK: OptionRules<NonNullable<S3Options["objectLock"]>> = {
  mode: rule.oneOf("governance", "compliance"),
  days: rule.wholeNumber(1, 36_500), // a hundred years, which is the most on AWS
};

const CAPABILITIES: OptionRules<NonNullable<S3Options["capabilities"]>> = {
  conditionalCreate: rule.flag,
  conditionalCreateSize: rule.wholeNumber(0),
};

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: S3Options): S3Settings {
  assertSound(options);
  return {
    ...givenOptions(options, OPTIONS),
    prefix: folderPrefix(options.prefix),
    checksums: options.checksums ?? (options.endpoint === undefined ? "full-object" : "when-supported"),
    signPayload: options.signPayload ?? options.endpoint?.startsWith("http:") ?? false,
    partSize: options.partSize ?? 8 * 1_024 * 1_024,
    concurrency: options.concurrency ?? 4,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    abortGraceMs: options.abortGraceMs ?? 2_000,
    abandonedAfterMs: options.abandonedAfterMs ?? 24 * HOUR_MS,
    retry: options.retry ?? {},
  };
}

function assertSound(options: S3Options): void {
  assertOptions(options, OPTIONS, { code: CODE, required: ["bucket"], example: '{ bucket: "name" }' });
  const { serverSideEncryption, objectLock, capabilities = {}, retry = {}, credentials } = options;
  if (serverSideEncryption) assertPart("serverSideEncryption", serverSideEncryption, ENCRYPTION, ["algorithm"]);
  if (objectLock) assertPart("objectLock", objectLock, OBJECT_LOCK, ["mode", "days"]);
  assertPart("capabilities", capabilities, CAPABILITIES);
  assertPart("retry", retry, RETRY_RULES);
  assertCredentials(credentials);
}

function assertPart(
  within: string,
  part: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  required?: string[],
): void {
  assertOptions(part, rules, { code: CODE, within, required });
}

function assertCredentials(credentials: S3Options["credentials"]): void {
  if (credentials === undefined || typeof credentials === "function") return;
  for (const name of ["accessKeyId", "secretAccessKey"] as const) {
    if (rule.text.accepts(credentials[name])) continue;
    throw new StowageError(CODE, `credentials: ${name} is missing or no text`);
  }
}

/** The ARN of an access point takes the place of a name, and holds a slash. */
function isBucket(bucket: unknown): boolean {
  return typeof bucket === "string" && bucket !== "" && (bucket.startsWith("arn:") || !/[/\s]/.test(bucket));
}

function isObjectOrFunction(value: unknown): boolean {
  return typeof value === "function" || rule.object.accepts(value);
}
