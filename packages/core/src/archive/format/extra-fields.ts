import { BLOCK_TABLE_ID } from "./block-table.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { decodeOwner, OWNER_ID, type Owner } from "./owner.ts";

const ZIP64 = 0x0001;
const NTFS = 0x000a;
export const EXTENDED_TIMESTAMP = 0x5455;
const UNICODE_PATH = 0x7075;
const FIELD_HEADER_SIZE = 4;

/** The extra fields of a header that mean something to us. */
export interface ExtraFields {
  readonly zip64: Buffer | undefined;
  readonly unicodePath: Buffer | undefined;
  readonly modifiedAt: Date | undefined;
  readonly blockTable: Buffer | undefined;
  readonly owner: Owner | undefined;
}

const NONE = withTime(undefined);

/**
 * Decodes the extra fields of a header (APPNOTE 4.5). They must fill their area, but for up to three zeros, and none
 * of ours may come twice. zipalign fills with zeros: four are an empty field 0x0000, and no reader takes fewer for one.
 */
export function decodeExtraFields(bytes: Buffer): ExtraFields {
  if (bytes.length === 0) return NONE;
  if (isOnlyTimestamp(bytes)) return withTime(decodeTimestamp(bytes, FIELD_HEADER_SIZE, bytes.length));
  const fields = splitFields(bytes);
  const timestamp = fields.get(EXTENDED_TIMESTAMP);
  const ntfs = fields.get(NTFS);
  return {
    zip64: fields.get(ZIP64),
    unicodePath: fields.get(UNICODE_PATH),
    modifiedAt: (timestamp && decodeTimestamp(timestamp, 0, timestamp.length)) ?? (ntfs && decodeNtfsTime(ntfs)),
    blockTable: fields.get(BLOCK_TABLE_ID),
    owner: decodeOwner(fields.get(OWNER_ID)),
  };
}

/** What nearly every header has, so that it is worth a way of its own. */
function isOnlyTimestamp(bytes: Buffer): boolean {
  return (
    bytes.length >= FIELD_HEADER_SIZE &&
    bytes.readUInt16LE(0) === EXTENDED_TIMESTAMP &&
    bytes.readUInt16LE(2) === bytes.length - FIELD_HEADER_SIZE
  );
}

function withTime(modifiedAt: Date | undefined): ExtraFields {
  return { zip64: undefined, unicodePath: undefined, modifiedAt, blockTable: undefined, owner: undefined };
}

/** Encodes a modification time as the "extended timestamp" of Info-ZIP. A time that 32 bits of seconds cannot hold is written as NTFS does. */
export function encodeTimestamp(modifiedAt: Date): Buffer {
  const seconds = Math.floor(modifiedAt.getTime() / 1000);
  if (seconds !== (seconds | 0)) return encodeNtfsTime(modifiedAt);
  const bytes = Buffer.alloc(9);
  bytes.writeUInt16LE(EXTENDED_TIMESTAMP, 0);
  bytes.writeUInt16LE(5, 2);
  bytes.writeUInt8(1, 4);
  bytes.writeInt32LE(seconds, 5);
  return bytes;
}

/** Encodes a modification time as NTFS has it. Empty for one before 1601. */
function encodeNtfsTime(modifiedAt: Date): Buffer {
  const since1601 = BigInt(Math.floor(modifiedAt.getTime()) + NTFS_EPOCH_MS) * 10_000n;
  if (since1601 < 0n) return Buffer.alloc(0);
  const bytes = Buffer.alloc(36);
  bytes.writeUInt16LE(NTFS, 0);
  bytes.writeUInt16LE(32, 2);
  bytes.writeUInt16LE(1, 8);
  bytes.writeUInt16LE(24, 10);
  for (const position of [12, 20, 28]) bytes.writeBigUInt64LE(since1601, position);
  return bytes;
}

/** Encodes the 64-bit values of a header whose 32-bit fields are too small (APPNOTE 4.5.3). */
export function encodeZip64(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(FIELD_HEADER_SIZE + 8 * values.length);
  bytes.writeUInt16LE(ZIP64, 0);
  bytes.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), FIELD_HEADER_SIZE + 8 * index);
  return bytes;
}

/** Encodes where the content of a large file can be cut. Other programs skip the field. */
export function encodeBlockTableField({ blockTable }: { blockTable?: Buffer | undefined }): Buffer {
  if (!blockTable) return Buffer.alloc(0);
  const header = Buffer.alloc(FIELD_HEADER_SIZE);
  header.writeUInt16LE(BLOCK_TABLE_ID, 0);
  header.writeUInt16LE(blockTable.length, 2);
  return Buffer.concat([header, blockTable]);
}

function splitFields(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let position = 0; position < bytes.length; ) {
    const dataStart = position + FIELD_HEADER_SIZE;
    if (dataStart > bytes.length) {
      if (bytes.subarray(position).every((byte) => byte === 0)) return fields;
      throw invalidArchive("extra-field", "an extra field is cut off; pack it again");
    }
    const id = bytes.readUInt16LE(position);
    const dataEnd = dataStart + bytes.readUInt16LE(position + 2);
    if (dataEnd > bytes.length)
      throw invalidArchive("extra-field", "an extra field is longer than its area; pack it again");
    if (fields.has(id) && (id === ZIP64 || id === UNICODE_PATH)) {
      throw invalidArchive("extra-field", `the extra field 0x${id.toString(16)} is there twice; pack it again`);
    }
    fields.set(id, bytes.subarray(dataStart, dataEnd));
    position = dataEnd;
  }
  return fields;
}

function decodeTimestamp(bytes: Buffer, start: number, end: number): Date | undefined {
  const hasModifiedAt = end - start >= 5 && (bytes.readUInt8(start) & 1) === 1;
  return hasModifiedAt ? new Date(bytes.readInt32LE(start + 1) * 1000) : undefined;
}

const NTFS_EPOCH_MS = 11_644_473_600_000;

/** The NTFS field: 4 reserved bytes, then attribute 1 of 24 bytes, whose first 8 count 100 ns since 1601. */
function decodeNtfsTime(data: Buffer): Date | undefined {
  if (data.length < 32 || data.readUInt16LE(4) !== 1 || data.readUInt16LE(6) !== 24) return undefined;
  return new Date(Number(data.readBigUInt64LE(8) / 10_000n) - NTFS_EPOCH_MS);
}
