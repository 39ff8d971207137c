import { assertOptions, type OptionRules, type RetryPolicy, rule } from "@stowage/core/driver";
import type { S3Options } from "./s3-options.ts";

const CODE = "CONFIG_INVALID";
const HOUR_MS = 60 * 60 * 1_000;

const OPTIONS: OptionRules<S3Options> = {
  bucket: rule.anything,
  prefix: { expected: "a text", accepts: (value) => typeof value === "string" },
  endpoint: rule.text,
  region: rule.text,
  forcePathStyle: rule.flag,
  credentials: { expected: "an object or a function", accepts: isObjectOrFunction },
  storageClass: rule.text,
  serverSideEncryption: rule.object,
  checksums: rule.oneOf("full-object", "when-supported", "when-required"),
  signPayload: rule.flag,
  capabilities: rule.object,
  partSize: rule.anything,
  concurrency: rule.anything,
  connectTimeoutMs: rule.timerMs(1),
  idleTimeoutMs: rule.timerMs(1),
  abortGraceMs: rule.wholeNumber(0, HOUR_MS), // some waits are five times as long
  abandonedAfterMs: rule.anything,
  retry: rule.object,
};

const ENCRYPTION: OptionRules<NonNullable<S3Options["serverSideEncryption"]>> = {
  algorithm: rule.oneOf("AES256", "aws:kms", "aws:kms:dsse"),
  keyId: rule.text,
};

const CAPABILITIES: OptionRules<NonNullable<S3Options["capabilities"]>> = {
  conditionalCreate: rule.flag,
  conditionalCreateSize: rule.wholeNumber(0),
};

const RETRY: OptionRules<RetryPolicy> = {
  attempts: rule.wholeNumber(1),
  baseMs: rule.milliseconds,
  capMs: rule.milliseconds,
  totalMs: rule.milliseconds,
};

/** Throws `CONFIG_INVALID` for names that are no options, at the top and below it, and for values of the wrong type. */
export function assertKnownOptions(options: S3Options): void {
  assertOptions(options, OPTIONS, { code: CODE, example: '{ bucket: "name" }' });
  const { serverSideEncryption, capabilities = {}, retry = {} } = options;
  if (serverSideEncryption) {
    assertOptions(serverSideEncryption, ENCRYPTION, {
      code: CODE,
      within: "serverSideEncryption",
      required: ["algorithm"],
    });
  }
  assertOptions(capabilities, CAPABILITIES, { code: CODE, within: "capabilities" });
  assertOptions(retry, RETRY, { code: CODE, within: "retry" });
}

function isObjectOrFunction(value: unknown): boolean {
  return typeof value === "function" || rule.object.accepts(value);
}
