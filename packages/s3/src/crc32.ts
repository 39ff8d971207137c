import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { RunningChecksum } from "@stowage/core/driver";
import type { S3Settings } from "./s3-options.ts";

/** A running CRC-32, as S3's headers have it. */
export class Crc32 implements RunningChecksum {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  toString(): string {
    return encodeCrc32(this.#value);
  }
}

/** The checksum of a body for a request, if the service takes one. */
export function bodyChecksum({ checksums }: S3Settings, body: Uint8Array): { ChecksumCRC32?: string } {
  return checksums === "when-required" ? {} : { ChecksumCRC32: encodeCrc32(crc32(body)) };
}

/** The MD5 of a body for a request without a checksum, where object lock wants one of both. */
export function bodyMd5({ checksums, objectLock }: S3Settings, body: Uint8Array): { ContentMD5?: string } {
  if (checksums !== "when-required" || !objectLock) return {};
  return { ContentMD5: createHash("md5").update(body).digest("base64") };
}

/** Base64 of the big-endian bytes. */
function encodeCrc32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}
