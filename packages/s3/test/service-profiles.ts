import type { ServiceProfile } from "@stowage/test-kit";
import type { S3ServiceName } from "../src/services.ts";

/** The region of a service whose URLs name one. */
export const REGION = "eu-test-1";

/** Of a service of which nothing is known: the least that any of the others takes. */
const LEAST: ServiceProfile = { conditions: "refused", checksums: "refused" };

/** How the double behaves as each service, for the sources that `src/services.ts` names. */
export const SERVICE_PROFILES: Readonly<Record<S3ServiceName, ServiceProfile>> = {
  aws: { regions: [REGION] },
  r2: { regions: ["auto", "us-east-1"], checksums: "composite", equalParts: true },
  b2: { regions: [REGION], conditions: "refused", checksums: "refused" },
  wasabi: { regions: [REGION], conditions: "ignored", checksums: "refused-in-parts" },
  digitalocean: { ...LEAST, regions: [REGION] },
  minio: { regions: ["us-east-1"] },
  ceph: { conditions: "ignored-on-complete" },
  swift: { conditions: "refused", checksums: "refused-on-complete" },
  garage: { regions: ["garage"], conditions: "ignored" },
  seaweedfs: {},
  versitygw: { regions: ["us-east-1"] },
  scaleway: { regions: [REGION], conditions: "ignored-on-complete", maxParts: 1_000 },
  hetzner: { regions: [REGION], conditions: "ignored-on-complete", checksums: "ignored" },
  ovh: { regions: [REGION] },
  storj: { checksums: "refused" },
  idrive: LEAST,
  oci: { ...LEAST, regions: [REGION] },
  oss: { ...LEAST, regions: [REGION], virtualHostOnly: "SecondLevelDomainForbidden" },
  cos: { ...LEAST, regions: [REGION], virtualHostOnly: "PathStyleDomainForbidden" },
};
