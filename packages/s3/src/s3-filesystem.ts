import { Filesystem } from "@stowage/core";
import { S3Driver } from "./s3-driver.ts";
import type { S3Options } from "./s3-options.ts";

/** Opens a bucket, or a folder of one, as a filesystem. Does no I/O. Throws `CONFIG_INVALID` for a wrong option. */
export function s3Filesystem(options: S3Options): Filesystem {
  return new Filesystem(new S3Driver(options));
}
