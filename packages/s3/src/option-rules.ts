import { asNumber, bucketRule, RETRY_RULE, rule, type UrlOptionRules } from "@stowage/core/driver";
import type { S3Options } from "./s3-options.ts";
import { MAX_PARTS } from "./write/part-sizes.ts";

const GIBIBYTE = 1_024 ** 3;
const HOUR_MS = 60 * 60 * 1_000;

/** What each option must be, and which parameter of an `s3:` URL gives it. */
export const S3_OPTION_RULES: UrlOptionRules<S3Options> = {
  bucket: {
    expected: "a name alone; a folder in it is the option prefix, and a URL is none of them",
    accepts: isBucket,
    notInUrl: "is the host of the URL",
  },
  prefix: { ...bucketRule.prefix, notInUrl: "is the path of the URL" },
  service: rule.text, // resolveOptions knows the nearest name
  endpoint: bucketRule.endpoint,
  region: rule.text,
  forcePathStyle: rule.flag,
  credentials: {
    expected: "an object or a function",
    accepts: isObjectOrFunction,
    notInUrl: "come from the environment",
  },
  storageClass: rule.text,
  serverSideEncryption: {
    ...rule.object,
    parts: {
      algorithm: {
        ...rule.oneOf("AES256", "aws:kms", "aws:kms:dsse"),
        parameter: "serverSideEncryption",
        isRequired: true,
      },
      keyId: { ...rule.text, parameter: "serverSideEncryptionKeyId" },
    },
  },
  objectLock: {
    ...rule.object,
    parts: {
      mode: { ...rule.oneOf("governance", "compliance"), parameter: "objectLockMode", isRequired: true },
      days: { ...rule.wholeNumber(1, 36_500), parameter: "objectLockDays", isRequired: true }, // a hundred years, the most on AWS
    },
  },
  checksums: rule.oneOf("full-object", "when-supported", "when-required"),
  signPayload: rule.flag,
  requesterPays: rule.flag,
  capabilities: {
    ...rule.object,
    parts: {
      conditionalCreate: { ...rule.flag, parameter: "conditionalCreate" },
      conditionalCreateSize: { ...rule.wholeNumber(0), parameter: "conditionalCreateSize" },
    },
  },
  partSize: rule.wholeNumber(1, 5 * GIBIBYTE),
  maxParts: rule.wholeNumber(1, MAX_PARTS),
  concurrency: rule.wholeNumber(1),
  connectTimeoutMs: rule.timerMs(1),
  idleTimeoutMs: rule.timerMs(1),
  abortGraceMs: rule.wholeNumber(0, HOUR_MS), // some waits are five times as long
  abandonedAfterMs: {
    expected: "a number of milliseconds from an hour on",
    accepts: (value) => Number(value) >= HOUR_MS,
    fromText: asNumber,
  },
  retry: RETRY_RULE,
};

/** The ARN of an access point takes the place of a name, and holds a slash. */
function isBucket(bucket: unknown): boolean {
  return typeof bucket === "string" && bucket !== "" && (bucket.startsWith("arn:") || !/[/\s]/.test(bucket));
}

function isObjectOrFunction(value: unknown): boolean {
  return typeof value === "function" || rule.object.accepts(value);
}
