import { asNumber, bucketRule, RETRY_RULE, rule, type UrlOptionRules } from "@stowage/core/driver";
import type { GcsOptions } from "./gcs-options.ts";

/** Google Cloud Storage keeps bytes of an unfinished upload in multiples of this. */
const CHUNK_QUANTUM = 256 * 1024;

/** What each option must be, and which parameter of a `gs:` URL gives it. */
export const GCS_OPTION_RULES: UrlOptionRules<GcsOptions> = {
  bucket: { expected: "the name of a bucket", accepts: isBucket, notInUrl: "is the host of the URL" },
  prefix: { ...bucketRule.prefix, notInUrl: "is the path of the URL" },
  apiEndpoint: bucketRule.endpoint,
  projectId: rule.text,
  userProject: rule.text,
  credentials: { ...rule.object, notInUrl: "come from the environment" },
  authClient: { ...rule.object, notInUrl: "is an object, for gcsFilesystem alone" },
  signedUrls: rule.flag,
  chunkSize: { expected: `a multiple of ${CHUNK_QUANTUM} bytes`, accepts: isChunkSize, fromText: asNumber },
  connectTimeoutMs: rule.timerMs(1),
  idleTimeoutMs: rule.timerMs(1),
  retry: RETRY_RULE,
};

function isBucket(value: unknown): boolean {
  return typeof value === "string" && /^[^/\s]+$/.test(value);
}

function isChunkSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) % CHUNK_QUANTUM === 0;
}
