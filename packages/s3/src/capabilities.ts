import type { Capabilities } from "@stowage/core/driver";
import type { S3Settings } from "./s3-options.ts";
import { maxObjectSize } from "./write/part-sizes.ts";

/** What S3 can do, less what the options take back. */
export function capabilitiesOf({ partSize, maxParts, capabilities = {} }: S3Settings): Capabilities {
  const { conditionalCreate = true, conditionalCreateSize } = capabilities;
  return Object.freeze({
    conditionalCreate,
    contentTypes: true,
    signedUrls: true,
    shared: true,
    limits: Object.freeze({
      pageSize: 1_000,
      timestampResolutionMs: 1_000,
      partSize,
      objectSize: maxObjectSize(maxParts),
      ...(conditionalCreateSize === undefined ? {} : { conditionalCreateSize }),
    }),
  });
}
