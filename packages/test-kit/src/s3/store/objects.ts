import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { receiveBody } from "../body/receive-body.ts";
import { noSuchKey, S3Error } from "../s3-error.ts";
import { answerEmpty, header, type S3Exchange, storedHeaders } from "../s3-exchange.ts";
import type { StoredObject, Version } from "./bucket.ts";
import { assertReadable, assertWritable } from "./conditions.ts";
import { askedRetention, assertDigest, defaultRetention, retentionHeaders } from "./object-lock.ts";
import { type ByteRange, parseRange } from "./range.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject(exchange: S3Exchange): Promise<void> {
  const { bucket, key, incoming, payloadHash, settings } = exchange;
  const headers = storedHeaders(exchange);
  const retention = askedRetention(exchange) ?? defaultRetention(exchange);
  if (retention) assertDigest(exchange, "Object");
  const bytes = await receiveBody(incoming, payloadHash, settings.newPath());
  try {
    assertWritable(exchange);
  } catch (error) {
    await bucket.release([bytes]);
    throw error;
  }
  const { size, md5: etag, checksums } = bytes;
  const id = await bucket.put(key, {
    parts: [bytes],
    size,
    etag,
    headers,
    checksums,
    checksumType: "FULL_OBJECT",
    modifiedAt: wholeSecond(),
    retention,
  });
  answerEmpty(exchange, 200, { etag: `"${etag}"`, ...checksumHeaders(checksums), ...versionHeader(exchange, id) });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, and HeadObject */
export async function getObject(exchange: S3Exchange): Promise<void> {
  const { bucket, method, response } = exchange;
  const { id, object } = readableVersion(exchange);
  assertReadable(exchange, object);
  const range = parseRange(header(exchange, "range"), object.size);
  const headers = { ...responseHeaders(exchange, object, range), ...versionHeader(exchange, id) };
  response.writeHead(range ? 206 : 200, headers);
  if (method === "HEAD" || object.size === 0) {
    response.end();
    return;
  }
  bucket.hold(object.parts);
  try {
    await pipeline(bytesOf(object, range ?? { start: 0, end: object.size - 1 }), response);
  } finally {
    await bucket.release(object.parts);
  }
}

/** The version that is asked for, or the last one. A delete marker has nothing to read, and says that it is one. */
function readableVersion({ bucket, key, query }: S3Exchange): Required<Version> {
  const id = query.get("versionId");
  const versions = bucket.versions(key);
  const version = id === null ? versions.at(-1) : versions.find((one) => one.id === id);
  if (!version) throw id === null ? noSuchKey() : new S3Error(404, "NoSuchVersion");
  const { id: found, object } = version;
  if (object) return { id: found, object };
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": found };
  if (id !== null) throw new S3Error(405, "MethodNotAllowed", "The specified method is not allowed", headers);
  throw new S3Error(404, "NoSuchKey", "The specified key does not exist.", headers);
}

/** Only a bucket that keeps versions names them. */
export function versionHeader({ bucket }: S3Exchange, id: string): Record<string, string> {
  return bucket.isVersioned ? { "x-amz-version-id": id } : {};
}

/** The time of a commit, as exact as `Last-Modified` can say it. */
export function wholeSecond(): Date {
  return new Date(Math.floor(Date.now() / 1_000) * 1_000);
}

export function checksumHeaders(checksums: StoredObject["checksums"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(checksums).map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value]),
  );
}

function responseHeaders(
  exchange: S3Exchange,
  object: StoredObject,
  range: ByteRange | undefined,
): Record<string, string> {
  const length = range ? range.end - range.start + 1 : object.size;
  const wantsChecksums = !range && header(exchange, "x-amz-checksum-mode") === "ENABLED";
  const overrides = [...exchange.query].filter(([name]) => name.startsWith("response-"));
  return {
    ...object.headers,
    etag: `"${object.etag}"`,
    "last-modified": object.modifiedAt.toUTCString(),
    "accept-ranges": "bytes",
    ...retentionHeaders(object),
    "content-length": String(length),
    ...(range && { "content-range": `bytes ${range.start}-${range.end}/${object.size}` }),
    ...(wantsChecksums && { ...checksumHeaders(object.checksums), "x-amz-checksum-type": object.checksumType }),
    ...Object.fromEntries(overrides.map(([name, value]) => [name.slice("response-".length), value])),
  };
}

async function* bytesOf(object: StoredObject, { start, end }: ByteRange): AsyncIterable<Buffer> {
  let offset = 0;
  for (const { path, size } of object.parts) {
    const first = Math.max(start - offset, 0);
    const last = Math.min(end - offset, size - 1);
    if (first <= last) yield* createReadStream(path, { start: first, end: last });
    offset += size;
  }
}
