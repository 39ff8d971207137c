import { randomUUID } from "node:crypto";
import { receiveBody, receiveDocument } from "../body/receive-body.ts";
import { noSuchUpload, S3Error } from "../s3-error.ts";
import { answerEmpty, answerXml, type S3Exchange, storedHeaders } from "../s3-exchange.ts";
import { element, leaf, urlEncoded, xmlDocument } from "../xml.ts";
import type { Upload } from "./bucket.ts";
import { askedRetention, assertDigest } from "./object-lock.ts";
import { checksumHeaders } from "./objects.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createMultipartUpload(exchange: S3Exchange): Promise<void> {
  const { bucket, bucketName, key, incoming, payloadHash } = exchange;
  const retention = askedRetention(exchange);
  await receiveDocument(incoming, payloadHash);
  const uploadId = randomUUID();
  const headers = { ...storedHeaders(exchange), ...checksumChoice(exchange) };
  bucket.uploads.set(uploadId, { key, uploadId, initiatedAt: new Date(), headers, retention, parts: new Map() });
  answerXml(
    exchange,
    xmlDocument(
      "InitiateMultipartUploadResult",
      leaf("Bucket", bucketName),
      leaf("Key", key),
      leaf("UploadId", uploadId),
    ),
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart(exchange: S3Exchange): Promise<void> {
  const { bucket, query, incoming, payloadHash, settings } = exchange;
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new S3Error(400, "InvalidArgument", "partNumber");
  assertChecksum(exchange, openUpload(exchange));
  if (openUpload(exchange).retention ?? bucket.objectLock?.defaultRetention) assertDigest(exchange, "Part");
  const bytes = await receiveBody(incoming, payloadHash, settings.newPath());
  const upload = bucket.uploads.get(query.get("uploadId") ?? "");
  if (!upload) {
    await bucket.release([bytes]);
    throw noSuchUpload();
  }
  const previous = upload.parts.get(number);
  upload.parts.set(number, { ...bytes, receivedAt: new Date() });
  await bucket.release(previous ? [previous] : []);
  answerEmpty(exchange, 200, { etag: `"${bytes.md5}"`, ...checksumHeaders(bytes.checksums) });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export async function abortMultipartUpload(exchange: S3Exchange): Promise<void> {
  const { bucket, settings } = exchange;
  const upload = openUpload(exchange);
  if (settings.ignoredAbortsLeft > 0) {
    settings.ignoredAbortsLeft--;
    return answerEmpty(exchange, 204);
  }
  bucket.uploads.delete(upload.uploadId);
  await bucket.release(upload.parts.values());
  answerEmpty(exchange, 204);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export function listParts(exchange: S3Exchange): void {
  const { query, settings, bucketName } = exchange;
  const upload = openUpload(exchange);
  const after = Number(query.get("part-number-marker") ?? 0);
  const parts = [...upload.parts].sort(([left], [right]) => left - right).filter(([number]) => number > after);
  const page = parts.slice(0, settings.uploadPageSize);
  const document = xmlDocument(
    "ListPartsResult",
    leaf("Bucket", bucketName),
    leaf("Key", upload.key),
    leaf("UploadId", upload.uploadId),
    leaf("IsTruncated", page.length < parts.length),
    page.length < parts.length ? leaf("NextPartNumberMarker", page.at(-1)?.[0] ?? 0) : "",
    ...page.map(([number, { md5, size, receivedAt }]) =>
      element(
        "Part",
        leaf("PartNumber", number),
        leaf("LastModified", receivedAt.toISOString()),
        leaf("ETag", `"${md5}"`),
        leaf("Size", size),
      ),
    ),
  );
  answerXml(exchange, document);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html. A delimiter leaves out what lies deeper. */
export function listMultipartUploads(exchange: S3Exchange): void {
  const { bucket, bucketName, query, settings } = exchange;
  const encode = query.get("encoding-type") === "url" ? urlEncoded : (text: string) => text;
  const uploads = listedUploads([...bucket.uploads.values()], query);
  const page = uploads.slice(0, settings.uploadPageSize);
  const last = page.length < uploads.length ? page.at(-1) : undefined;
  const document = xmlDocument(
    "ListMultipartUploadsResult",
    leaf("Bucket", bucketName),
    query.get("encoding-type") === "url" ? leaf("EncodingType", "url") : "",
    leaf("IsTruncated", last !== undefined),
    last ? leaf("NextKeyMarker", encode(last.key)) + leaf("NextUploadIdMarker", last.uploadId) : "",
    ...page.map(({ key, uploadId, initiatedAt }) =>
      element(
        "Upload",
        leaf("Key", encode(key)),
        leaf("UploadId", uploadId),
        leaf("Initiated", initiatedAt.toISOString()),
      ),
    ),
  );
  answerXml(exchange, document);
}

/** By key, and by id below one key, from behind the markers on. */
function listedUploads(uploads: readonly Upload[], query: URLSearchParams): Upload[] {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const marker = { key: query.get("key-marker") ?? "", uploadId: query.get("upload-id-marker") ?? "" };
  const isDeeper = (key: string) => delimiter !== "" && key.includes(delimiter, prefix.length);
  return uploads
    .filter((upload) => upload.key.startsWith(prefix) && !isDeeper(upload.key) && compareUploads(upload, marker) > 0)
    .sort(compareUploads);
}

function compareUploads(left: Pick<Upload, "key" | "uploadId">, right: Pick<Upload, "key" | "uploadId">): number {
  const byKey = Buffer.compare(Buffer.from(left.key), Buffer.from(right.key));
  return byKey === 0 ? Buffer.compare(Buffer.from(left.uploadId), Buffer.from(right.uploadId)) : byKey;
}

/** The upload that the request names, which must be one of its key. */
export function openUpload({ bucket, query, key }: S3Exchange): Upload {
  const upload = bucket.uploads.get(query.get("uploadId") ?? "");
  if (upload?.key !== key) throw noSuchUpload();
  return upload;
}

function checksumChoice({ headers }: S3Exchange): Record<string, string> {
  const algorithm = headers["x-amz-checksum-algorithm"];
  if (typeof algorithm !== "string") return {};
  const type = headers["x-amz-checksum-type"];
  return {
    "checksum-algorithm": algorithm.toLowerCase(),
    "checksum-type": typeof type === "string" ? type : "COMPOSITE",
  };
}

function assertChecksum({ headers }: S3Exchange, upload: Upload): void {
  const wanted = upload.headers["checksum-algorithm"];
  if (!wanted || headers[`x-amz-checksum-${wanted}`] || String(headers["x-amz-trailer"]).includes(wanted)) return;
  throw new S3Error(
    400,
    "InvalidRequest",
    `Checksum Type mismatch occurred, expected checksum Type: ${wanted}, actual checksum Type: null`,
  );
}
