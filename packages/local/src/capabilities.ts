import type { Capabilities } from "@stowage/core/driver";

/** What files in a directory can do. A mount that other hosts see too is not told from a disk of this one. */
export const CAPABILITIES: Capabilities = Object.freeze({
  conditionalCreate: true,
  contentTypes: false,
  signedUrls: false,
  shared: false,
  limits: Object.freeze({ pageSize: 1_000, timestampResolutionMs: 1 }),
});
