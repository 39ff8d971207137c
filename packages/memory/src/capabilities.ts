import { constants } from "node:buffer";
import type { Capabilities } from "@stowage/core/driver";

/** What a volume can do. */
export const CAPABILITIES: Capabilities = Object.freeze({
  conditionalCreate: true,
  contentTypes: false,
  signedUrls: false,
  shared: false,
  limits: Object.freeze({ pageSize: 1_000, timestampResolutionMs: 1, objectSize: constants.MAX_LENGTH }),
});
