/** What is known of a service that speaks S3, and what follows for the driver. */
export interface S3Service {
  readonly title: string;
  /** Its URLs. What stands in angle brackets differs; `<region>` is the region that requests are signed for. */
  readonly endpoint?: string;
  /** What requests are signed for, where the URL does not say it. */
  readonly region?: string;
  /** Whether buckets are in the path. Yes when left out, but on AWS. */
  readonly forcePathStyle?: boolean;
  /** The option of that name; "when-supported" at an endpoint when left out. */
  readonly checksums?: "when-supported" | "when-required";
  /** Which writes keep `If-None-Match: *`: all of them when left out, those in one request, or none. */
  readonly conditions?: "one-request" | "none";
  /** The most parts of an object, 10,000 when left out. */
  readonly maxParts?: number;
  /** What an operator should know, for the README. */
  readonly differences: string;
}

const UNKNOWN = "nothing is published of conditional writes";

/**
 * The services by the name that the option `service` takes. Where documentation and reports say nothing, a row has what works
 * everywhere: no conditions, no checksums but SHA-256 in the signature.
 *
 * Sources, read in December 2026. Endpoints and regions: the providers of rclone (`backend/s3/provider`).
 *
 * - r2: https://developers.cloudflare.com/r2/api/s3/api/ (a CRC-32 only of parts, region), …/conditional-operations/, …/platform/limits/
 * - b2: https://www.backblaze.com/docs/cloud-storage-s3-compatible-api; stonith404/pingvin-share#798, vatesfr/xen-orchestra#8358 (400
 *   for any `x-amz-checksum-*`), sathinduga/obsidian-s3-sync-and-backup#78 (501 for `If-None-Match`)
 * - wasabi: EnterpriseDB/barman#1064, stonith404/pingvin-share#788 (400 for checksums of parts)
 * - ceph, swift, minio, versitygw: servers that CI runs, docs/real-servers.md
 * - hetzner: opentofu/opentofu#2605, TheOrcDev/videorc#369 (checksums are not kept); Ceph, by its request ids
 * - ovh: docs.ovhcloud.com, "Object Storage - Conditional writes" (2026-06-09); ovh/public-cloud-roadmap#1173 (CRC-32)
 * - scaleway: scaleway.com/en/docs/object-storage/api-cli/using-conditional-writes; scaleway/terraform-provider-scaleway#4028
 *   (since May 2026); rclone (1,000 parts)
 * - storj: storj/storj#7377, storj/edge#564 (conditions of PutObject and CompleteMultipartUpload)
 * - seaweedfs: its wiki, S3-Conditional-Operations
 * - oss: alibabacloud.com/help/en/oss/user-guide/0017-00000804 (bodies); cos: tencentcloud.com/document/product/436/75050 (host names)
 * - oci: docs.oracle.com/en-us/iaas/Content/Object/Tasks/s3compatibleapi.htm
 */
const SERVICES = {
  aws: {
    title: "AWS S3",
    differences: "general-purpose buckets; directory buckets do not list in key order",
  },
  r2: {
    title: "Cloudflare R2",
    endpoint: "https://<account>.r2.cloudflarestorage.com",
    region: "auto",
    checksums: "when-supported",
    differences: "keeps no CRC-32 of whole objects; wants equal parts, which they are up to 8 GiB or with a known size",
  },
  b2: {
    title: "Backblaze B2",
    endpoint: "https://s3.<region>.backblazeb2.com",
    checksums: "when-required",
    conditions: "none",
    differences: "refuses conditions with 501 and every header of a checksum with 400",
  },
  wasabi: {
    title: "Wasabi",
    endpoint: "https://s3.<region>.wasabisys.com",
    checksums: "when-required",
    conditions: "none",
    differences: `refuses checksums of parts with 400; ${UNKNOWN}`,
  },
  digitalocean: {
    title: "DigitalOcean Spaces",
    endpoint: "https://<region>.digitaloceanspaces.com",
    checksums: "when-required",
    conditions: "none",
    differences: UNKNOWN,
  },
  minio: {
    title: "MinIO",
    differences:
      "lists uploads by their whole key only, so that `open` finds none; drops them itself after 24 hours; an object with the name of the `prefix` empties its lists",
  },
  ceph: {
    title: "Ceph RGW",
    conditions: "one-request",
    differences:
      "16.2 ignores `If-None-Match` on CompleteMultipartUpload: larger creations need a lock; in a bucket with versions it ignores it always: set `conditionalCreate: false`",
  },
  swift: {
    title: "OpenStack Swift",
    checksums: "when-required",
    conditions: "none",
    differences:
      "refuses conditions with 501, and checksums where parts are put together; keys of objects in parts up to 960 bytes",
  },
  garage: {
    title: "Garage",
    region: "garage",
    checksums: "when-required",
    conditions: "none",
    differences: `the region is the one of its configuration; ${UNKNOWN}`,
  },
  seaweedfs: {
    title: "SeaweedFS",
    differences: "conditions are one step with the write since May 2026; before, set `conditionalCreate: false`",
  },
  versitygw: {
    title: "Versity S3 Gateway",
    differences:
      "over a file system: no file and folder of one name; a default rule of a bucket retains, but dates no object: use `objectLock`",
  },
  scaleway: {
    title: "Scaleway",
    endpoint: "https://s3.<region>.scw.cloud",
    conditions: "one-request",
    maxParts: 1_000,
    differences: "1,000 parts at most; conditions since May 2026, documented for PutObject",
  },
  hetzner: {
    title: "Hetzner",
    endpoint: "https://<region>.your-objectstorage.com",
    checksums: "when-required",
    conditions: "one-request",
    differences: "is a Ceph, see there; keeps no checksums",
  },
  ovh: {
    title: "OVHcloud",
    endpoint: "https://s3.<region>.io.cloud.ovh.net",
    differences: "conditions and CRC-32 since 2026",
  },
  storj: {
    title: "Storj",
    endpoint: "https://gateway.storjshare.io",
    checksums: "when-required",
    differences: "stores segments of 64 MiB, so that a larger `partSize` costs less",
  },
  idrive: {
    title: "IDrive e2",
    checksums: "when-required",
    conditions: "none",
    differences: `the endpoint is one of the account's; ${UNKNOWN}`,
  },
  oci: {
    title: "Oracle Cloud",
    endpoint: "https://<namespace>.compat.objectstorage.<region>.oraclecloud.com",
    checksums: "when-required",
    conditions: "none",
    differences: UNKNOWN,
  },
  oss: {
    title: "Alibaba Cloud OSS",
    endpoint: "https://oss-<region>.aliyuncs.com",
    forcePathStyle: false,
    checksums: "when-required",
    conditions: "none",
    differences: `takes the bucket in the host name only; ${UNKNOWN}`,
  },
  cos: {
    title: "Tencent COS",
    endpoint: "https://cos.<region>.myqcloud.com",
    forcePathStyle: false,
    checksums: "when-required",
    conditions: "none",
    differences: `takes the bucket in the host name only, of buckets made since 2024; ${UNKNOWN}`,
  },
} as const satisfies Readonly<Record<string, S3Service>>;

/** The name of a service that this driver knows. */
export type S3ServiceName = keyof typeof SERVICES;

export const S3_SERVICES: Readonly<Record<S3ServiceName, S3Service>> = SERVICES;
