import { assertOptions, type OptionRules, type RetryPolicy, rule } from "@stowage/core/driver";
import type { GcsOptions } from "./gcs-options.ts";

const CODE = "CONFIG_INVALID";

const OPTIONS: OptionRules<GcsOptions> = {
  bucket: rule.anything,
  prefix: { expected: "a text", accepts: (value) => typeof value === "string" },
  apiEndpoint: rule.text,
  projectId: rule.text,
  credentials: rule.object,
  authClient: rule.object,
  signedUrls: rule.flag,
  chunkSize: rule.anything,
  connectTimeoutMs: rule.anything,
  idleTimeoutMs: rule.anything,
  retry: rule.object,
};

const RETRY: OptionRules<RetryPolicy> = {
  attempts: rule.wholeNumber(1),
  baseMs: rule.milliseconds,
  capMs: rule.milliseconds,
  totalMs: rule.milliseconds,
};

/** Throws `CONFIG_INVALID` for names that are no options, at the top and in `retry`, and for values of the wrong type. */
export function assertKnownOptions(options: GcsOptions): void {
  assertOptions(options, OPTIONS, { code: CODE, example: '{ bucket: "name" }' });
  const { retry = {} } = options;
  assertOptions(retry, RETRY, { code: CODE, within: "retry" });
}
