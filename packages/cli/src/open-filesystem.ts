import { Filesystem, StowageError } from "@stowage/core";
import { assertOptions, type OptionRules, rule } from "@stowage/core/driver";
import type { Environment } from "./environment.ts";
import { openFileUrl } from "./open-file-url.ts";
import { openGsUrl } from "./open-gs-url.ts";
import { openMemoryUrl } from "./open-memory-url.ts";
import { openS3Url } from "./open-s3-url.ts";

/** Makes a filesystem of a URL. Credentials are for it to read from the environment, and for no message to show. */
export type UrlScheme = (url: URL, environment: Environment) => Filesystem | Promise<Filesystem>;

export interface OpenFilesystemOptions {
  /** Where credentials come from. `process.env` when left out. */
  readonly environment?: Environment | undefined;
  /** Storages besides the built-in ones, by the scheme of their URLs without the colon: `{ azure: (url) => … }`. */
  readonly schemes?: Readonly<Record<string, UrlScheme>> | undefined;
}

const OPTIONS: OptionRules<OpenFilesystemOptions> = { environment: rule.object, schemes: rule.object };

const BUILT_IN: Readonly<Record<string, UrlScheme>> = {
  file: openFileUrl,
  memory: openMemoryUrl,
  s3: openS3Url,
  gs: openGsUrl,
};

/**
 * Makes the filesystem that a URL names: `file:///srv/backups`, `memory:`, `s3://bucket/prefix?region=…`,
 * `gs://bucket/prefix`. Imports the driver, and sends nothing: the first call of the filesystem does.
 *
 * `CONFIG_INVALID` for a URL that is wrong in any part, or holds credentials, and for a driver that is not installed.
 * No message shows a secret, wherever in the URL it stands.
 */
export async function openFilesystem(url: string | URL, options: OpenFilesystemOptions = {}): Promise<Filesystem> {
  assertOptions(options, OPTIONS, { code: "CONFIG_INVALID" });
  assertSchemes(options.schemes ?? {});
  const { environment = process.env } = options;
  const schemes = { ...BUILT_IN, ...options.schemes };
  const parsed = parse(url, Object.keys(schemes));
  const scheme = parsed.protocol.slice(0, -1);
  const open = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (!open) throw unknownUrl(Object.keys(schemes));
  if (parsed.username !== "" || parsed.password !== "") {
    throw invalid("url: credentials do not belong into it; give them by the environment");
  }
  if (parsed.hash !== "") throw invalid("url: it has a fragment; write # as %23");
  const filesystem = await open(parsed, environment);
  if (filesystem instanceof Filesystem) return filesystem;
  throw invalid(`schemes.${scheme}: the function returns no Filesystem`);
}

/** A URL has its scheme in lower case, so that it would never find another name. */
function assertSchemes(schemes: Readonly<Record<string, unknown>>): void {
  for (const [name, open] of Object.entries(schemes)) {
    if (!/^[a-z][a-z0-9+.-]*$/.test(name))
      throw invalid(`schemes: ${JSON.stringify(name)} is no scheme in lower case without a colon`);
    if (open !== undefined && typeof open !== "function") throw invalid(`schemes.${name}: not a function`);
  }
}

function parse(url: string | URL, schemes: readonly string[]): URL {
  if (!URL.canParse(String(url))) throw unknownUrl(schemes); // its own error shows the whole text
  const text = String(url);
  // A relative path after "file:" would be taken for an absolute one.
  if (/^\s*file:(?!\/\/)/i.test(text))
    throw invalid("url: the path after file: is absolute, as in file:///srv/backups");
  return new URL(text);
}

/** Shows nothing of the URL: `user:password@host` parses as one with the scheme "user". */
function unknownUrl(schemes: readonly string[]): StowageError {
  return invalid(`url: it starts with none of ${schemes.map((scheme) => `${scheme}:`).join(", ")}`);
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
