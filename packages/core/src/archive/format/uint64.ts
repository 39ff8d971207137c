import { invalidArchive } from "./invalid-archive.ts";

/** Reads a 64-bit number that a JavaScript number can hold exactly. Refuses a larger one. */
export function readUint64(bytes: Buffer, position: number): number {
  const value = bytes.readBigUInt64LE(position);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw invalidArchive("number-too-large", `the number ${value} is above 2^53`);
}

/** Writes a number as 64 bits. Returns the position behind it. */
export function writeUint64(bytes: Buffer, value: number, position: number): number {
  return bytes.writeBigUInt64LE(BigInt(value), position);
}
