import type { StorageOptions } from "@google-cloud/storage";
import { type RetryPolicy, StowageError } from "@stowage/core";
import { assertKnownOptions } from "./option-rules.ts";

/** Google Cloud Storage keeps bytes of an unfinished upload in multiples of this. */
export const CHUNK_QUANTUM = 256 * 1024;

export interface GcsOptions {
  readonly bucket: string;
  /** The folder of the bucket that holds the objects, such as "backups/app-a". The bucket's root when left out. */
  readonly prefix?: string | undefined;
  /** The service's address, for emulators and private endpoints. */
  readonly apiEndpoint?: string | undefined;
  readonly projectId?: string | undefined;
  /** A service account's key or another credential that the SDK knows. Application Default Credentials when left out. */
  readonly credentials?: StorageOptions["credentials"] | undefined;
  /** A client of `google-auth-library`, in place of `credentials`. */
  readonly authClient?: StorageOptions["authClient"] | undefined;
  /** Whether the credentials may sign URLs. Follows from a `private_key` in `credentials` when left out. */
  readonly signedUrls?: boolean | undefined;
  /** Bytes of one request of an upload, a multiple of 256 KiB. Each upload holds two such buffers. 8 MiB when left out. */
  readonly chunkSize?: number | undefined;
  /** How long connecting may take, in milliseconds. 10,000 when left out. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a request may pass no byte in either direction, in milliseconds. 60,000 when left out. */
  readonly idleTimeoutMs?: number | undefined;
  /** When a failed request is sent again. At most 5 attempts within 60 s when left out. */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

export interface GcsSettings extends GcsOptions {
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly chunkSize: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly signedUrls: boolean;
}

/** The most bytes of a name (https://cloud.google.com/storage/docs/objects#naming), less those of a key. */
const MAX_PREFIX_SIZE = 1_024 - 240;

/** Fills in the defaults. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveGcsOptions(options: GcsOptions): GcsSettings {
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
