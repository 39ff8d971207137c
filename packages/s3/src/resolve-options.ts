import { rule, StowageError } from "@stowage/core/driver";
import { assertKnownOptions } from "./option-rules.ts";
import type { S3Options, S3Settings } from "./s3-options.ts";

/** Bytes that S3 allows for a key, less those that a driver may be asked for. */
const MAX_PREFIX_SIZE = 1_024 - 240;
const GIBIBYTE = 1_024 ** 3;
const HOUR_MS = 60 * 60 * 1_000;

/** Fills defaults in. Throws `CONFIG_INVALID`, which names the option and never its value, if one is wrong. */
export function resolveOptions(options: S3Options): S3Settings {
  assertKnownOptions(options);
  assertBucket(options.bucket);
  assertEndpoint(options.endpoint);
  assertCredentials(options.credentials);
  for (const name of ["partSize", "concurrency"] as const) assertPositive(name, options[name]);
  const { abandonedAfterMs = HOUR_MS } = options;
  if (!(abandonedAfterMs >= HOUR_MS)) throw invalid("abandonedAfterMs", "it is not a number from an hour on");
  if ((options.partSize ?? 0) > 5 * GIBIBYTE) throw invalid("partSize", "a part has at most 5 GiB");
  return {
    ...options,
    prefix: normalisePrefix(options.prefix ?? ""),
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

/** Makes "app/backups/" of "/app/backups". The empty prefix stays empty. */
function normalisePrefix(prefix: string): string {
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

/** The ARN of an access point takes the place of a name, and holds a slash. */
function assertBucket(bucket: unknown): void {
  if (typeof bucket !== "string" || bucket === "") throw invalid("bucket", "it is missing");
  if (bucket.startsWith("arn:") || !/[/\s]/.test(bucket)) return;
  throw invalid("bucket", "it is not a name alone; a folder in it is the option prefix, and a URL is none of them");
}

function assertEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined) return;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid("endpoint", "it is not an http or https URL");
  if (url.username !== "" || url.password !== "")
    throw invalid("endpoint", "it holds credentials; use the option for them");
}

function assertCredentials(credentials: S3Options["credentials"]): void {
  if (credentials === undefined || typeof credentials === "function") return;
  for (const name of ["accessKeyId", "secretAccessKey"] as const) {
    if (!rule.text.accepts(credentials[name])) throw invalid("credentials", `${name} is missing or no text`);
  }
}

function assertPositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
  throw invalid(name, "it is not a whole number from 1 on");
}

function invalid(option: string, why: string): StowageError {
  return new StowageError("CONFIG_INVALID", `${option}: ${why}`);
}
