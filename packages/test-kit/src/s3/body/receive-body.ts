import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { S3Error } from "../s3-error.ts";
import { AwsChunkedDecoder } from "./aws-chunked.ts";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, startChecksum } from "./checksums.ts";

export type Checksums = Partial<Record<ChecksumAlgorithm, string>>;

/** Bytes on disk, never changed once they are there. */
export interface StoredBytes {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, as in the headers. */
  readonly checksums: Checksums;
}

const MAX_DOCUMENT_SIZE = 2 * 1_024 * 1_024;

/** Writes a request's body to `path` and checks every length and digest that the request announces. Leaves no file if one is wrong. */
export async function receiveBody(request: IncomingMessage, payloadHash: string, path: string): Promise<StoredBytes> {
  const decoder = decoderFor(request.headers, payloadHash);
  const meter = new Meter(announcedAlgorithms(request.headers));
  try {
    const steps = decoder
      ? [request, decoder, meter, createWriteStream(path)]
      : [request, meter, createWriteStream(path)];
    await pipeline(steps);
    assertSize(request.headers, decoder !== undefined, meter.size);
    return { path, ...meter.verify({ ...request.headers, ...decoder?.trailers }, payloadHash) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Reads a request's XML into memory. */
export async function receiveDocument(request: IncomingMessage, payloadHash: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_DOCUMENT_SIZE) throw new S3Error(400, "MaxMessageLengthExceeded");
    chunks.push(chunk);
  }
  const document = Buffer.concat(chunks);
  assertPayloadHash(createHash("sha256").update(document).digest("hex"), payloadHash);
  return document.toString();
}

/** Counts and digests what passes. */
class Meter extends Transform {
  readonly #md5 = createHash("md5");
  readonly #sha256 = createHash("sha256");
  readonly #running;
  size = 0;

  constructor(algorithms: readonly ChecksumAlgorithm[]) {
    super();
    this.#running = algorithms.map((algorithm) => ({ algorithm, checksum: startChecksum(algorithm) }));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: (error: null, chunk: Buffer) => void): void {
    this.size += chunk.length;
    this.#md5.update(chunk);
    this.#sha256.update(chunk);
    for (const { checksum } of this.#running) checksum.update(chunk);
    callback(null, chunk);
  }

  verify(announced: IncomingHttpHeaders, payloadHash: string): Omit<StoredBytes, "path"> {
    const md5 = this.#md5.digest();
    assertPayloadHash(this.#sha256.digest("hex"), payloadHash);
    assertDigest("Content-MD5", announced["content-md5"], md5.toString("base64"));
    const checksums: Checksums = {};
    for (const { algorithm, checksum } of this.#running) {
      const value = checksum.digest().toString("base64");
      assertDigest(algorithm.toUpperCase(), announced[`x-amz-checksum-${algorithm}`] ?? "", value);
      checksums[algorithm] = value;
    }
    return { size: this.size, md5: md5.toString("hex"), checksums };
  }
}

function decoderFor(headers: IncomingHttpHeaders, payloadHash: string): AwsChunkedDecoder | undefined {
  if (payloadHash.startsWith("STREAMING-AWS4")) {
    throw new S3Error(501, "NotImplemented", "signed chunks are not supported by this test double");
  }
  const isChunked = headers["content-encoding"]?.split(",").some((encoding) => encoding.trim() === "aws-chunked");
  return isChunked ? new AwsChunkedDecoder() : undefined;
}

function announcedAlgorithms(headers: IncomingHttpHeaders): ChecksumAlgorithm[] {
  const trailers = String(headers["x-amz-trailer"] ?? "")
    .toLowerCase()
    .split(",");
  return CHECKSUM_ALGORITHMS.filter((algorithm) => {
    const name = `x-amz-checksum-${algorithm}`;
    return headers[name] !== undefined || trailers.some((trailer) => trailer.trim() === name);
  });
}

function assertSize(headers: IncomingHttpHeaders, isChunked: boolean, size: number): void {
  const announced = headers[isChunked ? "x-amz-decoded-content-length" : "content-length"];
  if (announced === undefined) throw new S3Error(411, "MissingContentLength");
  if (Number(announced) === size) return;
  throw new S3Error(
    400,
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );
}

function assertPayloadHash(actual: string, announced: string): void {
  if (!/^[0-9a-f]{64}$/.test(announced) || announced === actual) return;
  const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
  throw new S3Error(400, "XAmzContentSHA256Mismatch", message);
}

function assertDigest(name: string, announced: unknown, actual: string): void {
  if (announced === undefined || announced === actual) return;
  throw new S3Error(400, "BadDigest", `The ${name} you specified did not match what we received.`);
}
