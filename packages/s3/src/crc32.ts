import { crc32 } from "node:zlib";
import type { S3Settings } from "./s3-options.ts";

/** Base64 of the big-endian CRC-32, as S3's headers have it. */
export function encodeCrc32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}

/** The checksum of a body for a request, if the service takes one. */
export function bodyChecksum({ checksums }: S3Settings, body: Uint8Array): { ChecksumCRC32?: string } {
  return checksums === "when-required" ? {} : { ChecksumCRC32: encodeCrc32(crc32(body)) };
}
