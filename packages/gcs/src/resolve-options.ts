import {
  assertOptions,
  bucketRule,
  folderPrefix,
  givenOptions,
  type OptionRules,
  RETRY_RULES,
  rule,
} from "@stowage/core/driver";
import type { GcsOptions, GcsSettings } from "./gcs-options.ts";

const CODE = "CONFIG_INVALID";

/** Google Cloud Storage keeps bytes of an unfinished upload in multiples of this. */
const CHUNK_QUANTUM = 256 * 1024;

const OPTIONS: OptionRules<GcsOptions> = {
  bucket: { expected: "the name of a bucket", accepts: isBucket },
  prefix: bucketRule.prefix,
  apiEndpoint: bucketRule.endpoint,
  projectId: rule.text,
  credentials: rule.object,
  authClient: rule.object,
  signedUrls: rule.flag,
  chunkSize: { expected: `a multiple of ${CHUNK_QUANTUM} bytes`, accepts: isChunkSize },
  connectTimeoutMs: rule.timerMs(1),
  idleTimeoutMs: rule.timerMs(1),
  retry: rule.object,
};

/** Fills in the defaults. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: GcsOptions): GcsSettings {
  assertOptions(options, OPTIONS, { code: CODE, required: ["bucket"], example: '{ bucket: "name" }' });
  assertOptions(options.retry ?? {}, RETRY_RULES, { code: CODE, within: "retry" });
  return {
    ...givenOptions(options, OPTIONS),
    prefix: folderPrefix(options.prefix),
    chunkSize: options.chunkSize ?? 8 * 1024 * 1024,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    signedUrls: options.signedUrls ?? hasPrivateKey(options),
  };
}

function isBucket(value: unknown): boolean {
  return typeof value === "string" && /^[^/\s]+$/.test(value);
}

function isChunkSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) % CHUNK_QUANTUM === 0;
}

function hasPrivateKey({ credentials }: GcsOptions): boolean {
  return credentials !== undefined && "private_key" in credentials && "client_email" in credentials;
}
