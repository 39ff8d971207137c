import { type Classification, DriverAtFirstUse } from "@stowage/core/driver";
import { capabilitiesOf } from "./capabilities.ts";
import { classify } from "./classify.ts";
import { resolveOptions } from "./resolve-options.ts";
import type { S3Options } from "./s3-options.ts";

/**
 * Keeps objects in a bucket of S3, or of a service that speaks its protocol. Throws `CONFIG_INVALID` for a wrong option. The SDK is
 * loaded at first use.
 */
export class S3Driver extends DriverAtFirstUse {
  declare readonly kind: "s3";

  constructor(options: S3Options) {
    const settings = resolveOptions(options);
    const load = async () => {
      const { S3Bucket } = await import("./s3-bucket.ts");
      return () => new S3Bucket(settings);
    };
    super({ kind: "s3", capabilities: capabilitiesOf(settings), packageName: "@aws-sdk/client-s3", load });
  }

  override classify(error: unknown): Classification {
    return classify(error);
  }
}
