import { assertUrlOptions, folderPrefix, givenOptions } from "@stowage/core/driver";
import type { GcsOptions, GcsSettings } from "./gcs-options.ts";
import { GCS_OPTION_RULES } from "./option-rules.ts";

/** Fills in the defaults. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: GcsOptions): GcsSettings {
  assertUrlOptions(options, GCS_OPTION_RULES, {
    code: "CONFIG_INVALID",
    required: ["bucket"],
    example: '{ bucket: "name" }',
  });
  return {
    ...givenOptions(options, GCS_OPTION_RULES),
    prefix: folderPrefix(options.prefix),
    chunkSize: options.chunkSize ?? 8 * 1024 * 1024,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    signedUrls: options.signedUrls ?? hasPrivateKey(options),
  };
}

function hasPrivateKey({ credentials }: GcsOptions): boolean {
  return credentials !== undefined && "private_key" in credentials && "client_email" in credentials;
}
