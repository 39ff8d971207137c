import { S3Error } from "./s3-error.ts";
import { header, type S3Exchange } from "./s3-exchange.ts";
import type { ServiceProfile } from "./service-profile.ts";

const CHECKSUM = /^x-amz-(sdk-)?checksum-/;

/** Refuses what a service of that profile refuses, and takes from a request what it does not look at. */
export function asSeenBy(profile: ServiceProfile, exchange: S3Exchange): S3Exchange {
  assertPaid(profile, exchange);
  assertParts(profile, exchange);
  assertChecksums(profile, exchange);
  if (profile.conditions === "refused" && isWrite(exchange) && header(exchange, "if-none-match") !== undefined) {
    const message = "A header you provided implies functionality that is not implemented";
    throw new S3Error(501, "NotImplemented", message);
  }
  const isIgnored = (name: string) =>
    (name === "if-none-match" && ignoresCondition(profile, exchange)) ||
    (profile.checksums === "ignored" && CHECKSUM.test(name));
  const headers = Object.fromEntries(Object.entries(exchange.headers).filter(([name]) => !isIgnored(name)));
  return { ...exchange, headers };
}

/** Refuses a signature for a region that the service does not have. */
export function assertRegion({ regions }: ServiceProfile, region: string): void {
  if (regions === undefined || regions.includes(region)) return;
  const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${regions[0]}'`;
  throw new S3Error(400, "AuthorizationHeaderMalformed", message);
}

/** Refuses a bucket in the path, if the service does. */
export function assertAddress({ virtualHostOnly }: ServiceProfile, isPathStyle: boolean): void {
  if (virtualHostOnly === undefined || !isPathStyle) return;
  const message = "The bucket you are attempting to access must be addressed using virtual-hosted style.";
  throw new S3Error(403, virtualHostOnly, message);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ObjectsinRequesterPaysBuckets.html */
function assertPaid({ requesterPays = false }: ServiceProfile, exchange: S3Exchange): void {
  const payer = header(exchange, "x-amz-request-payer") ?? exchange.query.get("x-amz-request-payer");
  if (requesterPays && payer !== "requester") throw new S3Error(403, "AccessDenied", "Access Denied");
}

function assertChecksums({ checksums }: ServiceProfile, exchange: S3Exchange): void {
  const [name] = Object.keys(exchange.headers).filter((key) => CHECKSUM.test(key));
  if (name === undefined) return;
  if (checksums === "refused")
    throw new S3Error(400, "InvalidArgument", `Unsupported header '${name}' received for this API call.`);
  if (checksums === "composite" && header(exchange, "x-amz-checksum-type") === "FULL_OBJECT")
    throw new S3Error(501, "NotImplemented", "Checksum type FULL_OBJECT not implemented for CRC32");
  if (checksums === "refused-in-parts" && exchange.query.has("partNumber")) {
    const message = "Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: crc32";
    throw new S3Error(400, "InvalidRequest", message);
  }
}

function assertParts({ maxParts = 10_000, equalParts = false }: ServiceProfile, exchange: S3Exchange): void {
  if (Number(exchange.query.get("partNumber")) > maxParts) {
    throw new S3Error(400, "InvalidArgument", `Part number must be an integer between 1 and ${maxParts}, inclusive`);
  }
  if (!equalParts || !isComplete(exchange)) return;
  const parts = exchange.bucket.uploads.get(exchange.query.get("uploadId") ?? "")?.parts ?? new Map();
  const sizes = [...parts].sort(([left], [right]) => left - right).map(([, { size }]) => size);
  if (new Set(sizes.slice(0, -1)).size > 1)
    throw new S3Error(400, "InvalidPart", "All non-trailing parts must have the same length.");
}

function ignoresCondition({ conditions }: ServiceProfile, exchange: S3Exchange): boolean {
  return conditions === "ignored" || (conditions === "ignored-on-complete" && isComplete(exchange));
}

function isComplete({ method, query }: S3Exchange): boolean {
  return method === "POST" && query.has("uploadId");
}

function isWrite(exchange: S3Exchange): boolean {
  return exchange.method === "PUT" || isComplete(exchange);
}
