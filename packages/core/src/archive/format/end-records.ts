import { invalidArchive } from "./invalid-archive.ts";
import { UINT32_MAX } from "./local-header.ts";
import { readUint64, writeUint64 } from "./uint64.ts";

const END_RECORD_SIZE = 22;
const END_SIGNATURE = 0x0605_4b50;
const END_MAGIC = Buffer.from("PK\x05\x06", "latin1");
const COMMENT_SIZE_MAX = 0xffff;
const UINT16_MAX = 0xffff;
const LOCATOR_SIZE = 20;
/** What tapes are written by: bsdtar fills 20 of them when it writes into a pipe. */
const BLOCK_SIZE = 512;
const LOCATOR_SIGNATURE = 0x0706_4b50;
const ZIP64_SIZE = 56;
const ZIP64_SIGNATURE = 0x0606_4b50;
const CUT =
  "it is larger than 4 GiB and has no zip64, as Archive Utility of macOS writes it; pack it again, with zip, 7-Zip or bsdtar";

/** Where the central directory is. It ends where the end records begin. */
export interface DirectoryPlace {
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

/** Encodes the end of an archive (APPNOTE 4.3.14–4.3.16). The zip64 records are written only where the old one is too small. */
export function encodeEndRecords(place: DirectoryPlace): Buffer {
  const isZip64 = place.count >= UINT16_MAX || place.offset >= UINT32_MAX || place.size >= UINT32_MAX;
  const end = Buffer.alloc(END_RECORD_SIZE);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(Math.min(place.count, UINT16_MAX), 8);
  end.writeUInt16LE(Math.min(place.count, UINT16_MAX), 10);
  end.writeUInt32LE(Math.min(place.size, UINT32_MAX), 12);
  end.writeUInt32LE(Math.min(place.offset, UINT32_MAX), 16);
  return isZip64 ? Buffer.concat([encodeZip64End(place), end]) : end;
}

/**
 * Finds the central directory. `tail` is the end of an archive of `size` bytes: at least 65,633 of them, which
 * hold all records and the longest comment, or all.
 * There must be one end record, whose comment ends the file, and with it zip64 records either not at all or in agreement.
 */
export function decodeEndRecords(tail: Buffer, size: number): DirectoryPlace {
  const position = findEndRecord(tail, size);
  const tailOffset = size - tail.length;
  const hasLocator = position >= LOCATOR_SIZE && tail.readUInt32LE(position - LOCATOR_SIZE) === LOCATOR_SIGNATURE;
  const place = decodeEndRecord(tail.subarray(position), { isZip64: hasLocator });
  if (!hasLocator) return endingAt(tailOffset + position, place);
  const zip64Position = position - LOCATOR_SIZE - ZIP64_SIZE;
  checkLocator(tail.subarray(position - LOCATOR_SIZE), tailOffset + zip64Position);
  return endingAt(tailOffset + zip64Position, decodeZip64End(tail.subarray(zip64Position), place));
}

function encodeZip64End({ count, size, offset }: DirectoryPlace): Buffer {
  const bytes = Buffer.alloc(ZIP64_SIZE + LOCATOR_SIZE);
  bytes.writeUInt32LE(ZIP64_SIGNATURE, 0);
  writeUint64(bytes, ZIP64_SIZE - 12, 4); // the record says its size without these first fields
  bytes.writeUInt16LE((3 << 8) | 45, 12);
  bytes.writeUInt16LE(45, 14);
  for (const [index, value] of [count, count, size, offset].entries()) writeUint64(bytes, value, 24 + 8 * index);
  bytes.writeUInt32LE(LOCATOR_SIGNATURE, ZIP64_SIZE);
  writeUint64(bytes, offset + size, ZIP64_SIZE + 8);
  bytes.writeUInt32LE(1, ZIP64_SIZE + 16);
  return bytes;
}

/** Readers search backwards and differ in what they believe, so a second candidate is refused wherever one of them might look. */
function findEndRecord(tail: Buffer, size: number): number {
  if (tail.length < END_RECORD_SIZE) throw invalidArchive("too-short", `${tail.length} bytes, at least 22 expected`);
  const all = endMagicPositions(tail);
  const found = all.find((position) =>
    endsFile(tail, position + END_RECORD_SIZE + tail.readUInt16LE(position + 20), size),
  );
  if (found === undefined) {
    if (all.length === 0)
      throw invalidArchive("no-end-record", "no end record in the last 64 KiB; is it a zip, and whole?");
    const wayOut = "it is cut off, or something was added: fetch it again, or pack it again";
    throw invalidArchive("trailing-bytes", `bytes follow the end record and its comment; ${wayOut}`);
  }
  if (all.at(-1) !== found) throw invalidArchive("ambiguous-end-record", "its comment holds another end record");
  return found;
}

/** Nothing follows but the zeros by which bsdtar and dd fill whole blocks. */
function endsFile(tail: Buffer, end: number, size: number): boolean {
  if (end >= tail.length || size % BLOCK_SIZE !== 0) return end === tail.length;
  return tail.subarray(end).every((byte) => byte === 0);
}

function endMagicPositions(tail: Buffer): number[] {
  const positions: number[] = [];
  const last = tail.length - END_RECORD_SIZE;
  const first = Math.max(0, last - COMMENT_SIZE_MAX);
  for (let at = tail.indexOf(END_MAGIC, first); at >= 0 && at <= last; at = tail.indexOf(END_MAGIC, at + 1)) {
    positions.push(at);
  }
  return positions;
}

/** Beside zip64 records the largest number, as zip.js writes it for the disks, says that the number stands there. */
function decodeEndRecord(bytes: Buffer, { isZip64 }: { isZip64: boolean }): DirectoryPlace {
  const count = bytes.readUInt16LE(10);
  const isFirst = (disk: number) => disk === 0 || (isZip64 && disk === UINT16_MAX);
  const onDisk = bytes.readUInt16LE(8);
  const isSingleDisk = isFirst(bytes.readUInt16LE(4)) && isFirst(bytes.readUInt16LE(6));
  if (!isSingleDisk) throw splitArchive(`its end record is that of disk ${bytes.readUInt16LE(4)}`);
  if (onDisk !== count) throw splitArchive(`${onDisk} of its ${count} entries are in this file`);
  return { count, size: bytes.readUInt32LE(12), offset: bytes.readUInt32LE(16) };
}

function splitArchive(found: string): Error {
  const wayOut = "join the parts first, as `zip -s 0 split.zip --out whole.zip` does";
  return invalidArchive("multiple-disks", `it is a part of an archive that was split, since ${found}; ${wayOut}`);
}

/** One file is the only one: some say that there is one, and OneDrive that there are 0. */
function checkLocator(bytes: Buffer, expectedOffset: number): void {
  if (bytes.readUInt32LE(4) !== 0 || bytes.readUInt32LE(16) > 1) {
    throw splitArchive("its zip64 locator names several files");
  }
  const offset = readUint64(bytes, 8);
  if (offset === expectedOffset && offset >= 0) return;
  throw invalidArchive(
    "zip64-locator",
    `the zip64 end record is at ${offset}, expected directly before: ${expectedOffset}`,
  );
}

function decodeZip64End(bytes: Buffer, old: DirectoryPlace): DirectoryPlace {
  if (bytes.readUInt32LE(0) !== ZIP64_SIGNATURE) throw invalidArchive("zip64-end-record", "no zip64 end record there");
  const recordSize = readUint64(bytes, 4);
  if (recordSize !== ZIP64_SIZE - 12)
    throw invalidArchive("zip64-end-record", `the size of its zip64 end record is ${recordSize}, expected 44`);
  const [onDisk, count] = [readUint64(bytes, 24), readUint64(bytes, 32)];
  const [size, offset] = [readUint64(bytes, 40), readUint64(bytes, 48)];
  if (bytes.readUInt32LE(16) !== 0 || bytes.readUInt32LE(20) !== 0 || onDisk !== count) {
    throw splitArchive("its zip64 end record names several files");
  }
  const agrees =
    agreesWith(old.count, count, UINT16_MAX) &&
    agreesWith(old.size, size, UINT32_MAX) &&
    agreesWith(old.offset, offset, UINT32_MAX);
  if (!agrees) throw invalidArchive("zip64-end-record", "the zip64 end record contradicts the end record");
  return { count, size, offset };
}

function agreesWith(old: number, wide: number, unset: number): boolean {
  return old === unset || old === wide;
}

function endingAt(end: number, place: DirectoryPlace): DirectoryPlace {
  const found = place.offset + place.size;
  if (found === end) return place;
  const isCut = end > UINT32_MAX && (end - found) % (UINT32_MAX + 1) === 0;
  throw invalidArchive(
    "central-directory-position",
    `the central directory ends at ${found}, expected ${end}: ${isCut ? CUT : adviceOf(end - found)}`,
  );
}

function adviceOf(surplus: number): string {
  if (surplus < 0) return "a part is missing; fetch it again, or pack it again";
  const how = "`zip -A` mends the offsets of a self-extracting archive; else fetch it again, or pack it again";
  return `${surplus} bytes were put in front of it, or inside; ${how}`;
}
