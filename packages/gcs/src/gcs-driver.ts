import { type Classification, DriverAtFirstUse } from "@stowage/core/driver";
import { capabilitiesOf } from "./capabilities.ts";
import { classify } from "./classify.ts";
import type { GcsOptions } from "./gcs-options.ts";
import { resolveOptions } from "./resolve-options.ts";

/**
 * Keeps objects in a bucket of Google Cloud Storage, by its JSON API. Throws `CONFIG_INVALID` for a wrong option. The SDK is loaded at
 * first use.
 */
export class GcsDriver extends DriverAtFirstUse {
  declare readonly kind: "gcs";

  constructor(options: GcsOptions) {
    const settings = resolveOptions(options);
    const load = async () => {
      const { GcsBucket } = await import("./gcs-bucket.ts");
      return () => new GcsBucket(settings);
    };
    super({
      kind: "gcs",
      capabilities: capabilitiesOf(settings),
      packageName: "@google-cloud/storage",
      load,
    });
  }

  override classify(error: unknown): Classification {
    return classify(error);
  }
}
