import type { Capabilities } from "@stowage/core/driver";
import type { GcsSettings } from "./gcs-options.ts";

/** The most bytes of one object (https://cloud.google.com/storage/quotas#objects). */
const MAX_OBJECT_SIZE = 5 * 2 ** 40;

/** What Google Cloud Storage can do; URLs are signed only by credentials that hold a key. */
export function capabilitiesOf({ chunkSize, signedUrls }: GcsSettings): Capabilities {
  return Object.freeze({
    conditionalCreate: true,
    contentTypes: true,
    signedUrls,
    shared: true,
    limits: Object.freeze({
      pageSize: 1_000,
      timestampResolutionMs: 1_000,
      partSize: chunkSize,
      objectSize: MAX_OBJECT_SIZE,
    }),
  });
}
