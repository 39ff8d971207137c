import { assertUrlOptions, folderPrefix, givenOptions, rule, StowageError } from "@stowage/core/driver";
import { S3_OPTION_RULES } from "./option-rules.ts";
import type { S3Options, S3Settings } from "./s3-options.ts";
import { withServiceOptions } from "./service-options.ts";
import { MAX_PARTS } from "./write/part-sizes.ts";

const CODE = "CONFIG_INVALID";
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(given: S3Options): S3Settings {
  assertSound(given);
  const partSize = given.partSize ?? 8 * 1_024 * 1_024;
  const options = withServiceOptions(givenOptions(given, S3_OPTION_RULES), partSize);
  return {
    ...options,
    prefix: folderPrefix(options.prefix),
    checksums: options.checksums ?? (options.endpoint === undefined ? "full-object" : "when-supported"),
    signPayload: options.signPayload ?? options.endpoint?.startsWith("http:") ?? false,
    partSize,
    maxParts: options.maxParts ?? MAX_PARTS,
    concurrency: options.concurrency ?? 4,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    abortGraceMs: options.abortGraceMs ?? 2_000,
    abandonedAfterMs: options.abandonedAfterMs ?? DAY_MS,
    retry: options.retry ?? {},
  };
}

function assertSound(options: S3Options): void {
  assertUrlOptions(options, S3_OPTION_RULES, { code: CODE, required: ["bucket"], example: '{ bucket: "name" }' });
  assertCredentials(options.credentials);
}

function assertCredentials(credentials: S3Options["credentials"]): void {
  if (credentials === undefined || typeof credentials === "function") return;
  for (const name of ["accessKeyId", "secretAccessKey"] as const) {
    if (rule.text.accepts(credentials[name])) continue;
    throw new StowageError(CODE, `credentials: ${name} is missing or no text`);
  }
}
