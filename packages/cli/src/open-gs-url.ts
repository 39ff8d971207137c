import { type Filesystem, StowageError } from "@stowage/core";
import type { GcsOptions } from "@stowage/gcs";
import { bucketAndPrefix } from "./bucket-and-prefix.ts";
import { type Environment, readSecret, readSecretFile } from "./environment.ts";
import { importDriver } from "./import-driver.ts";
import { optionsOfUrl } from "./options-of-url.ts";

const PACKAGES = ["@stowage/gcs", "@google-cloud/storage"];

/**
 * Opens `gs://bucket/prefix`, with the plain options of `@stowage/gcs` as parameters. Credentials are the JSON of a key
 * in `STOWAGE_GCS_CREDENTIALS`, or in the file named by `GOOGLE_APPLICATION_CREDENTIALS`; without them the SDK looks for
 * its own on Google, and an `apiEndpoint` elsewhere is asked without any.
 */
export async function openGsUrl(url: URL, environment: Environment): Promise<Filesystem> {
  const { GCS_OPTION_RULES, gcsFilesystem } = await importDriver(PACKAGES, () => import("@stowage/gcs"));
  const options = { ...bucketAndPrefix(url), ...optionsOfUrl(url, GCS_OPTION_RULES) };
  const credentials = await credentialsOf(environment);
  return gcsFilesystem({ ...options, credentials });
}

async function credentialsOf(environment: Environment): Promise<GcsOptions["credentials"]> {
  const own = await readSecret(environment, "STOWAGE_GCS_CREDENTIALS");
  if (own !== undefined) return parsed("STOWAGE_GCS_CREDENTIALS", own);
  const name = "GOOGLE_APPLICATION_CREDENTIALS";
  const path = environment[name];
  return path ? parsed(name, await readSecretFile(name, path)) : undefined;
}

function parsed(name: string, text: string): GcsOptions["credentials"] {
  try {
    const credentials: unknown = JSON.parse(text);
    if (typeof credentials === "object" && credentials !== null) return credentials;
  } catch {
    // The parser's message shows a piece of the text.
  }
  throw new StowageError("CONFIG_INVALID", `${name}: it is not the JSON of a key`);
}
