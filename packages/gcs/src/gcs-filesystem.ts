import { Filesystem } from "@stowage/core";
import { GcsDriver } from "./gcs-driver.ts";
import type { GcsOptions } from "./gcs-options.ts";

/** Makes a filesystem of a bucket of Google Cloud Storage. Throws `CONFIG_INVALID` for options that cannot be right. */
export function gcsFilesystem(options: GcsOptions): Filesystem {
  return new Filesystem(new GcsDriver(options));
}
