import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type ChecksumAlgorithm, startChecksum } from "../body/checksums.ts";
import { type Checksums, receiveDocument, type StoredBytes } from "../body/receive-body.ts";
import { S3Error } from "../s3-error.ts";
import { answerXml, header, type S3Exchange } from "../s3-exchange.ts";
import { contentsOf, leaf, textOf, xmlDocument } from "../xml.ts";
import type { StoredObject, Upload } from "./bucket.ts";
import { assertWritable } from "./conditions.ts";
import { openUpload } from "./multipart.ts";
import { defaultRetention } from "./object-lock.ts";
import { versionHeader, wholeSecond } from "./objects.ts";

interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** The part's element, for its checksums. */
  readonly xml: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(exchange: S3Exchange): Promise<void> {
  const { bucket, bucketName, key, incoming, payloadHash } = exchange;
  const document = await receiveDocument(incoming, payloadHash);
  const { profile, minPartSize } = exchange.settings;
  if (profile.checksums === "refused-on-complete" && document.includes("<Checksum")) throw malformedDocument();
  const parts = selectParts(document, openUpload(exchange), minPartSize);
  const checksums = await checksumsOf(openUpload(exchange), parts);
  assertObjectChecksums(exchange, checksums);
  const upload = openUpload(exchange); // may have been aborted meanwhile; nothing is awaited from here to the commit
  assertWritable(exchange);
  bucket.uploads.delete(upload.uploadId);
  const object = { ...assemble(upload, parts, checksums), retention: upload.retention ?? defaultRetention(exchange) };
  const id = await bucket.put(key, object);
  await bucket.release([...upload.parts.values()].filter((part) => !parts.includes(part)));
  answerXml(
    exchange,
    xmlDocument(
      "CompleteMultipartUploadResult",
      leaf("Bucket", bucketName),
      leaf("Key", key),
      leaf("ETag", `"${object.etag}"`),
    ),
    versionHeader(exchange, id),
  );
}

function selectParts(document: string, upload: Upload, minPartSize: number): StoredBytes[] {
  const named = contentsOf(document, "Part").map(namedPart);
  if (named.length === 0) throw malformedDocument();
  return named.map((part, index) => {
    if (part.number <= (named[index - 1]?.number ?? 0)) throw new S3Error(400, "InvalidPartOrder");
    const stored = upload.parts.get(part.number);
    if (!stored || stored.md5 !== part.etag)
      throw new S3Error(400, "InvalidPart", `part ${part.number} is missing or another`);
    assertPartChecksum(part, stored, upload);
    if (index < named.length - 1 && stored.size < minPartSize) {
      throw new S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
    }
    return stored;
  });
}

function malformedDocument(): S3Error {
  return new S3Error(400, "MalformedXML", "The XML you provided was not well-formed");
}

function namedPart(xml: string): NamedPart {
  const etag = textOf(xml, "ETag") ?? "";
  return { number: Number(textOf(xml, "PartNumber")), etag: etag.replaceAll('"', ""), xml };
}

function assertPartChecksum({ number, xml }: NamedPart, stored: StoredBytes, { headers }: Upload): void {
  const algorithm = algorithmOf(headers);
  if (!algorithm) return;
  const given = textOf(xml, `Checksum${algorithm.toUpperCase()}`);
  if (given === undefined && headers["checksum-type"] === "COMPOSITE") {
    throw new S3Error(
      400,
      "InvalidRequest",
      `the complete request must include the ${algorithm} checksum of each part`,
    );
  }
  if (given !== undefined && given !== stored.checksums[algorithm])
    throw new S3Error(400, "InvalidPart", `checksum of part ${number}`);
}

async function checksumsOf({ headers }: Upload, parts: readonly StoredBytes[]): Promise<Checksums> {
  const algorithm = algorithmOf(headers);
  if (!algorithm) return {};
  const checksum = startChecksum(algorithm);
  if (headers["checksum-type"] === "COMPOSITE") {
    for (const part of parts) checksum.update(Buffer.from(part.checksums[algorithm] ?? "", "base64"));
    return { [algorithm]: `${checksum.digest().toString("base64")}-${parts.length}` };
  }
  for (const { path } of parts) for await (const chunk of createReadStream(path)) checksum.update(chunk);
  return { [algorithm]: checksum.digest().toString("base64") };
}

function assertObjectChecksums(exchange: S3Exchange, checksums: Checksums): void {
  for (const [algorithm, value] of Object.entries(checksums)) {
    const given = header(exchange, `x-amz-checksum-${algorithm}`);
    if (given !== undefined && given !== value)
      throw new S3Error(400, "BadDigest", `The ${algorithm} you specified did not match.`);
  }
}

function assemble(upload: Upload, parts: readonly StoredBytes[], checksums: Checksums): StoredObject {
  const { "checksum-algorithm": _, "checksum-type": type, ...headers } = upload.headers;
  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, "hex")));
  return {
    parts,
    size: parts.reduce((total, { size }) => total + size, 0),
    etag: `${createHash("md5").update(digests).digest("hex")}-${parts.length}`,
    modifiedAt: wholeSecond(),
    headers,
    checksums,
    checksumType: type === "FULL_OBJECT" ? "FULL_OBJECT" : "COMPOSITE",
  };
}

function algorithmOf(headers: Upload["headers"]): ChecksumAlgorithm | undefined {
  return headers["checksum-algorithm"] as ChecksumAlgorithm | undefined;
}
