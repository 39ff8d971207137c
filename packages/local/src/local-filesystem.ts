import { Filesystem } from "@stowage/core";
import { LocalDriver, type LocalDriverOptions } from "./local-driver.ts";

export type LocalFilesystemOptions = LocalDriverOptions;

/** Keeps objects as files in a directory of this host. `CONFIG_INVALID` if the option is not a path. */
export function localFilesystem(options: LocalFilesystemOptions): Filesystem {
  return new Filesystem(new LocalDriver(options));
}
