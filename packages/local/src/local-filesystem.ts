import { Filesystem } from "@stowage/core";
import { LocalDriver } from "./local-driver.ts";
import type { LocalOptions } from "./local-options.ts";

/** Keeps objects as files in a directory of this host. `CONFIG_INVALID` if the option is not a path. */
export function localFilesystem(options: LocalOptions): Filesystem {
  return new Filesystem(new LocalDriver(options));
}
