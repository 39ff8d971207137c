import { encodeDosTime } from "./dos-time.ts";
import { encodeTimestamp, encodeZip64 } from "./extra-fields.ts";

export const LOCAL_HEADER_SIZE = 30;
export const UINT32_MAX = 0xffff_ffff;
const SIGNATURE = 0x0403_4b50;

export const FLAG_DESCRIPTOR = 1 << 3;
export const FLAG_UTF8 = 1 << 11;

/** An entry as the writer describes it. */
export interface NewEntry {
  readonly name: string;
  readonly method: 0 | 8;
  /** Whether CRC and sizes follow the content, because they are not known before. */
  readonly hasDescriptor: boolean;
  /** Whether sizes take 64 bits. */
  readonly isZip64: boolean;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Type and permission bits, as `stat` gives them. */
  readonly mode: number;
  readonly modifiedAt: Date;
  /** Of a large file, for the central directory. */
  readonly blockTable?: Buffer | undefined;
}

/** A local header as it is found, without its name and extra fields. */
export interface LocalHeader {
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly nameSize: number;
  readonly extraSize: number;
}

/** Encodes the header that stands before the content of an entry (APPNOTE 4.3.7). */
export function encodeLocalHeader(entry: NewEntry): Buffer {
  const isKnown = !entry.hasDescriptor;
  const timestamp = encodeTimestamp(entry.modifiedAt);
  const extra = entry.isZip64 ? Buffer.concat([timestamp, encodeZip64([0, 0])]) : timestamp;
  const nameSize = Buffer.byteLength(entry.name);
  const bytes = Buffer.allocUnsafe(LOCAL_HEADER_SIZE + nameSize + extra.length);
  bytes.writeUInt32LE(SIGNATURE, 0);
  encodeShared(entry, bytes.subarray(4));
  bytes.writeUInt32LE(isKnown ? entry.crc32 : 0, 14);
  bytes.writeUInt32LE(localSize(entry, entry.compressedSize), 18);
  bytes.writeUInt32LE(localSize(entry, entry.size), 22);
  bytes.writeUInt16LE(nameSize, 26);
  bytes.writeUInt16LE(extra.length, 28);
  bytes.write(entry.name, LOCAL_HEADER_SIZE);
  bytes.set(extra, LOCAL_HEADER_SIZE + nameSize);
  return bytes;
}

/** Writes the fields that both headers of an entry share: version needed, flags, method, time and date. */
export function encodeShared(entry: NewEntry, bytes: Buffer): void {
  const { date, time } = encodeDosTime(entry.modifiedAt);
  bytes.writeUInt16LE(entry.isZip64 ? 45 : 20, 0);
  bytes.writeUInt16LE(FLAG_UTF8 | (entry.hasDescriptor ? FLAG_DESCRIPTOR : 0), 2);
  bytes.writeUInt16LE(entry.method, 4);
  bytes.writeUInt16LE(time, 6);
  bytes.writeUInt16LE(date, 8);
}

/** Decodes the first 30 bytes of a local header. Nothing if they are none. */
export function decodeLocalHeader(bytes: Buffer): LocalHeader | undefined {
  if (bytes.readUInt32LE(0) !== SIGNATURE) return undefined;
  return {
    flags: bytes.readUInt16LE(6),
    method: bytes.readUInt16LE(8),
    crc32: bytes.readUInt32LE(14),
    compressedSize: bytes.readUInt32LE(18),
    size: bytes.readUInt32LE(22),
    nameSize: bytes.readUInt16LE(26),
    extraSize: bytes.readUInt16LE(28),
  };
}

/** A size is 0 where a descriptor will tell it, and the largest number where the 64-bit field does. */
function localSize(entry: NewEntry, size: number): number {
  if (entry.isZip64) return UINT32_MAX;
  return entry.hasDescriptor ? 0 : size;
}

/** Describes an entry whose content is known before its header is written. It is deflated where that made it smaller. */
export function smallEntry(
  name: string,
  { crc32, compressedSize, size, mode, modifiedAt }: Omit<NewEntry, "name" | "method" | "hasDescriptor" | "isZip64">,
): NewEntry {
  const method = compressedSize < size ? 8 : 0;
  return { name, method, hasDescriptor: false, isZip64: false, crc32, compressedSize, size, mode, modifiedAt };
}
