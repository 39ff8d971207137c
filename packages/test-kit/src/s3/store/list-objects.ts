import { S3Error } from "../s3-error.ts";
import { answerXml, type S3Exchange } from "../s3-exchange.ts";
import { element, leaf, urlEncoded, xmlDocument } from "../xml.ts";
import type { Bucket } from "./bucket.ts";

interface Page {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The last key or common prefix, if there is more behind it. */
  readonly next: string | undefined;
}

const MAX_KEYS = 1_000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjects(exchange: S3Exchange): void {
  const { query, bucket, bucketName } = exchange;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const limit = Math.min(Number(query.get("max-keys") ?? MAX_KEYS), MAX_KEYS);
  const page = pageOf(bucket, { prefix, delimiter, limit, after: startOf(query) });
  const encode = query.get("encoding-type") === "url" ? urlEncoded : (text: string) => text;
  const document = xmlDocument(
    "ListBucketResult",
    leaf("Name", bucketName),
    leaf("Prefix", encode(prefix)),
    leaf("MaxKeys", limit),
    leaf("KeyCount", page.keys.length + page.commonPrefixes.length),
    query.get("encoding-type") === "url" ? leaf("EncodingType", "url") : "",
    delimiter === "" ? "" : leaf("Delimiter", encode(delimiter)),
    leaf("IsTruncated", page.next !== undefined),
    page.next === undefined ? "" : leaf("NextContinuationToken", tokenFor(page.next)),
    ...page.keys.map((key) => contents(bucket, key, encode)),
    ...page.commonPrefixes.map((common) => element("CommonPrefixes", leaf("Prefix", encode(common)))),
  );
  answerXml(exchange, document);
}

function pageOf(
  bucket: Bucket,
  { prefix, delimiter, limit, after }: { prefix: string; delimiter: string; limit: number; after: string },
): Page {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last = "";
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (entry === last || isBehind(after, entry)) continue;
    if (keys.length + commonPrefixes.length >= limit) return { keys, commonPrefixes, next: last };
    last = entry;
    (cut < 0 ? keys : commonPrefixes).push(entry);
  }
  return { keys, commonPrefixes, next: undefined };
}

/** Whether `after` is `entry` or sorts behind it. */
function isBehind(after: string, entry: string): boolean {
  return after !== "" && Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0;
}

function contents(bucket: Bucket, key: string, encode: (text: string) => string): string {
  const object = bucket.object(key);
  if (!object) return "";
  return element(
    "Contents",
    leaf("Key", encode(key)),
    leaf("LastModified", object.modifiedAt.toISOString()),
    leaf("ETag", `"${object.etag}"`),
    leaf("Size", object.size),
    leaf("StorageClass", object.headers["x-amz-storage-class"] ?? "STANDARD"),
  );
}

function startOf(query: URLSearchParams): string {
  const token = query.get("continuation-token");
  if (token === null) return query.get("start-after") ?? "";
  const after = Buffer.from(token, "base64url").toString();
  if (tokenFor(after) === token) return after;
  throw new S3Error(400, "InvalidArgument", "The continuation token provided is incorrect");
}

function tokenFor(key: string): string {
  return Buffer.from(key).toString("base64url");
}
