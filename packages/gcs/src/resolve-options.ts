import { StowageError } from "@stowage/core/driver";
import type { GcsOptions, GcsSettings } from "./gcs-options.ts";
import { assertKnownOptions } from "./option-rules.ts";

/** Google Cloud Storage keeps bytes of an unfinished upload in multiples of this. */
const CHUNK_QUANTUM = 256 * 1024;

/** The most bytes of a name (https://cloud.google.com/storage/docs/objects#naming), less those of a key. */
const MAX_PREFIX_SIZE = 1_024 - 240;

/** Fills in the defaults. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: GcsOptions): GcsSettings {
  assertKnownOptions(options);
  const { bucket, chunkSize = 8 * 1024 * 1024, connectTimeoutMs = 10_000, idleTimeoutMs = 60_000 } = options;
  if (typeof bucket !== "string" || !/^[^/\s]+$/.test(bucket))
    throw invalid("bucket", "it is not the name of a bucket");
  if (!Number.isSafeInteger(chunkSize) || chunkSize <= 0 || chunkSize % CHUNK_QUANTUM !== 0) {
    throw invalid("chunkSize", `it is not a multiple of ${CHUNK_QUANTUM} bytes`);
  }
  for (const [name, value] of Object.entries({ connectTimeoutMs, idleTimeoutMs })) {
    if (!(value >= 1 && value < 2 ** 31)) throw invalid(name, "it is not a number of milliseconds from 1 on");
  }
  assertEndpoint(options.apiEndpoint);
  const prefix = resolvePrefix(options.prefix ?? "");
  const signedUrls = options.signedUrls ?? hasPrivateKey(options);
  return { ...options, prefix, chunkSize, connectTimeoutMs, idleTimeoutMs, signedUrls };
}

/** Makes "app/backups/" of "/app/backups". The empty prefix stays empty. */
function resolvePrefix(prefix: string): string {
  const folder = prefix.replace(/^\/+|\/+$/g, "");
  if (folder === "") return "";
  const isOdd = folder.split("/").some((segment) => segment === "" || segment === "." || segment === "..");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  if (isOdd || /[\\\u0000-\u001f\u007f]/.test(folder) || !folder.isWellFormed()) {
    throw invalid("prefix", "it holds an empty segment, a dot segment, a backslash or a control character");
  }
  if (Buffer.byteLength(folder) >= MAX_PREFIX_SIZE)
    throw invalid("prefix", `it is longer than ${MAX_PREFIX_SIZE - 1} bytes`);
  return `${folder}/`;
}

function assertEndpoint(apiEndpoint: string | undefined): void {
  if (apiEndpoint === undefined) return;
  const url = URL.canParse(apiEndpoint) ? new URL(apiEndpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid("apiEndpoint", "it is not an http or https URL");
  if (url.username !== "" || url.password !== "")
    throw invalid("apiEndpoint", "it holds credentials; use the option for them");
}

function hasPrivateKey({ credentials }: GcsOptions): boolean {
  return credentials !== undefined && "private_key" in credentials && "client_email" in credentials;
}

function invalid(option: string, why: string): StowageError {
  return new StowageError("CONFIG_INVALID", `${option}: ${why}`);
}
