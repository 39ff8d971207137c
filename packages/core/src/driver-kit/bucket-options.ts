import { MAX_KEY_SIZE, MAX_PREFIX_SIZE } from "../filesystem/key.ts";
import { asText, type OptionRule } from "../options/option-rules.ts";

/** Bytes that object storages allow for a name, less those of the longest key that a driver may be asked for. */
const FOLDER_SIZE = 1_024 - MAX_KEY_SIZE - MAX_PREFIX_SIZE;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN = /[\\\u0000-\u001f\u007f]/;

/** What the options of a driver for a bucket must be, where all of them have the same. */
export const bucketRule = Object.freeze({
  /** See {@link folderPrefix}. */
  prefix: {
    expected: `a folder of fewer than ${FOLDER_SIZE} bytes without an empty or dot segment, a backslash or a control character`,
    accepts: isFolder,
  },
  /** The URL of the service. Credentials have an option of their own. */
  endpoint: { expected: "an http or https URL without credentials", accepts: isEndpoint, fromText: asText },
}) satisfies Readonly<Record<string, OptionRule>>;

/** Makes "app/backups/" of "/app/backups": what to put before a key. Empty for the bucket's top, which "" and "/" mean too. */
export function folderPrefix(prefix = ""): string {
  const folder = withoutSlashes(prefix);
  return folder === "" ? "" : `${folder}/`;
}

function isFolder(prefix: unknown): boolean {
  if (typeof prefix !== "string") return false;
  const folder = withoutSlashes(prefix);
  if (folder === "") return true;
  const isOdd = folder.split("/").some((segment) => ["", ".", ".."].includes(segment));
  return !isOdd && !FORBIDDEN.test(folder) && folder.isWellFormed() && Buffer.byteLength(folder) < FOLDER_SIZE;
}

function withoutSlashes(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, "");
}

function isEndpoint(endpoint: unknown): boolean {
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) return false;
  const { protocol, username, password } = new URL(endpoint);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
