import { createCipheriv } from "node:crypto";
import { crc32 } from "node:zlib";

const BLOCK_SIZE = 1024 * 1024;
const ENTRY_SIZE = 64 * BLOCK_SIZE;

/** The same bytes each time, which look random and so compress no better. */
export function noise(size: number): Buffer {
  return createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** An archive that is made while it is sent. */
export interface LoadArchive {
  /** Bytes. */
  readonly size: number;
  chunks(): Generator<Buffer, void, void>;
}

/**
 * Describes a valid archive of stored entries of 64 MiB each; behind 4 GiB it needs the zip64 forms of offsets and of the end
 * record (APPNOTE 4.3.14, 4.3.15, 4.5.3). One block of noise is all that it holds in memory.
 */
export function loadArchive(entries: number): LoadArchive {
  const block = noise(BLOCK_SIZE);
  const crc = crcOfEntry(block);
  const heads = Array.from({ length: entries }, (_, index) => localHeader(index, crc));
  const strides = heads.map((head) => head.length + ENTRY_SIZE);
  const offsets = strides.map((_, index) => strides.slice(0, index).reduce((sum, stride) => sum + stride, 0));
  const start = strides.reduce((sum, stride) => sum + stride, 0);
  const directory = Buffer.concat(heads.map((head, index) => centralHeader(head, offsets[index] ?? 0)));
  const end = endRecords({ entries, start, size: directory.length });
  return {
    size: start + directory.length + end.length,
    chunks: function* () {
      for (const head of heads) {
        yield head;
        for (let size = 0; size < ENTRY_SIZE; size += BLOCK_SIZE) yield block;
      }
      yield Buffer.concat([directory, end]);
    },
  };
}

function crcOfEntry(block: Buffer): number {
  let crc = 0;
  for (let size = 0; size < ENTRY_SIZE; size += BLOCK_SIZE) crc = crc32(block, crc);
  return crc;
}

/** APPNOTE 4.3.7: version 4.5, stored, the first day of 2000. */
function localHeader(index: number, crc: number): Buffer {
  const name = Buffer.from(`content-${index}.bin`);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(45, 4);
  header.writeUInt16LE(0x2821, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(ENTRY_SIZE, 18);
  header.writeUInt32LE(ENTRY_SIZE, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

/** APPNOTE 4.3.12, with the offset in the zip64 extra field. */
function centralHeader(local: Buffer, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(45, 4);
  local.copy(header, 6, 4, 28);
  header.writeUInt16LE(12, 30);
  header.writeUInt32LE(0xffffffff, 42);
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(BigInt(offset), 4);
  return Buffer.concat([header, local.subarray(30), extra]);
}

/** The zip64 end record, its locator, and the plain end record that points to them by being full of ones. */
function endRecords({ entries, start, size }: { entries: number; start: number; size: number }): Buffer {
  const record = Buffer.alloc(56 + 20 + 22);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(start + size), 64);
  record.writeUInt32LE(1, 72);
  record.writeUInt32LE(0x06054b50, 76);
  record.writeUInt16LE(0xffff, 84);
  record.writeUInt16LE(0xffff, 86);
  record.writeUInt32LE(0xffffffff, 88);
  record.writeUInt32LE(0xffffffff, 92);
  return record;
}
