import { decodeDosTime } from "./dos-time.ts";
import { nameProblem } from "./entry-name.ts";
import { decodeExtraFields, type ExtraFields } from "./extra-fields.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { FLAG_UTF8, UINT32_MAX } from "./local-header.ts";
import { decodeName, encodingOf, type NameEncoding } from "./name-encoding.ts";
import { readUint64 } from "./uint64.ts";

export const CENTRAL_HEADER_SIZE = 46;
export const CENTRAL_HEADER_SIGNATURE = 0x0201_4b50;

const FLAGS_ENCRYPTED = (1 << 0) | (1 << 6) | (1 << 13);
const FLAG_PATCH = 1 << 5;
const UNIX = 3;
const DARWIN = 19;
const DOS_DIRECTORY = 0x10;
/** 258 bytes in two bits are the most that deflate can say (RFC 1951). */
const DEFLATE_RATIO_MAX = 1032;

/** An entry as the central directory describes it. */
export interface ArchiveEntry {
  /** Safe to use below a directory. Ends in "/" for a directory, unless only its mode says so. */
  readonly name: string;
  readonly type: "file" | "directory" | "other";
  /** Bytes of the content. */
  readonly size: number;
  /** Bytes of the content in the archive. */
  readonly compressedSize: number;
  readonly crc32: number;
  readonly method: 0 | 8;
  /** Type and permission bits. 0644 or 0755 if the archive does not tell. */
  readonly mode: number;
  /** To the second. Without a timestamp field it has steps of two seconds, and no time zone: it is read as UTC. */
  readonly modifiedAt: Date;
  readonly flags: number;
  readonly nameEncoding: NameEncoding;
  readonly headerOffset: number;
  /** The data of our own extra field, if there is one: where the content can be cut. Not checked. */
  readonly blockTable?: Buffer | undefined;
}

/** Returns the size of the whole header at the start of `bytes`. Nothing if more bytes are needed to tell. */
export function centralHeaderSize(bytes: Buffer): number | undefined {
  if (bytes.length < CENTRAL_HEADER_SIZE) return undefined;
  if (bytes.readUInt32LE(0) !== CENTRAL_HEADER_SIGNATURE) {
    throw invalidArchive("central-directory-malformed", "no entry where the central directory must have one");
  }
  return CENTRAL_HEADER_SIZE + bytes.readUInt16LE(28) + bytes.readUInt16LE(30) + bytes.readUInt16LE(32);
}

/** Decodes a whole header (APPNOTE 4.3.12). Refuses what no restore could use, and names that are not safe. */
export function decodeCentralHeader(bytes: Buffer): ArchiveEntry {
  const nameEnd = CENTRAL_HEADER_SIZE + bytes.readUInt16LE(28);
  const extra = decodeExtraFields(bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30)));
  const flags = bytes.readUInt16LE(8);
  const naming = decodeSafeName(bytes.subarray(CENTRAL_HEADER_SIZE, nameEnd), flags, bytes.readUInt8(5));
  checkUnicodePath(extra, naming.name);
  const method = decodeMethod(bytes.readUInt16LE(10), flags, naming.name);
  const attributes = decodeAttributes(bytes, naming.name);
  const entry: ArchiveEntry = {
    ...naming,
    ...attributes,
    ...decodeNumbers(bytes, extra),
    flags,
    method,
    crc32: bytes.readUInt32LE(16),
    modifiedAt: extra.modifiedAt ?? decodeDosTime({ time: bytes.readUInt16LE(12), date: bytes.readUInt16LE(14) }),
  };
  checkSizes(entry);
  return extra.blockTable ? { ...entry, blockTable: Buffer.from(extra.blockTable) } : entry;
}

/** Refuses a unicode-path field that says another name than the entry has: some readers would use that one. */
export function checkUnicodePath({ unicodePath }: ExtraFields, name: string): void {
  if (!unicodePath) return;
  const renamed = unicodePath.subarray(5);
  if (renamed.equals(Buffer.from(name))) return;
  throw invalidArchive("unicode-path", `${JSON.stringify(name)} is renamed to ${JSON.stringify(renamed.toString())}`);
}

function decodeSafeName(bytes: Buffer, flags: number, madeBy: number): Pick<ArchiveEntry, "name" | "nameEncoding"> {
  const isUnix = madeBy === UNIX || madeBy === DARWIN;
  const nameEncoding = encodingOf(bytes, { isFlaggedUtf8: (flags & FLAG_UTF8) !== 0, isUnix });
  if (!nameEncoding) throw invalidArchive("name-encoding", `the name ${JSON.stringify(bytes.toString())} is not UTF-8`);
  const name = decodeName(bytes, nameEncoding);
  const problem = nameProblem(name);
  if (problem) throw invalidArchive(problem, `the name ${JSON.stringify(name.slice(0, 300))} is not safe`);
  return { name, nameEncoding };
}

function decodeMethod(method: number, flags: number, name: string): 0 | 8 {
  if (flags & FLAGS_ENCRYPTED) throw invalidArchive("encrypted", `${JSON.stringify(name)} is encrypted`);
  if (flags & FLAG_PATCH) throw invalidArchive("patch-data", `${JSON.stringify(name)} is a patch`);
  if (method === 0 || method === 8) return method;
  throw invalidArchive("method", `${JSON.stringify(name)} has method ${method}, expected 0 or 8`);
}

function decodeNumbers(
  bytes: Buffer,
  extra: ExtraFields,
): Pick<ArchiveEntry, "size" | "compressedSize" | "headerOffset"> {
  const narrow = [bytes.readUInt32LE(24), bytes.readUInt32LE(20), bytes.readUInt32LE(42)];
  const [size = 0, compressedSize = 0, headerOffset = 0] = widen(narrow, extra.zip64);
  if (bytes.readUInt16LE(34) !== 0) throw invalidArchive("multiple-disks", "an entry lies in another file");
  return { size, compressedSize, headerOffset };
}

/** Takes each number that 32 bits cannot hold from the zip64 field, in order. Go adds the offset when it writes the sizes. */
function widen(narrow: readonly number[], zip64: Buffer | undefined): number[] {
  const missing = narrow.filter((value) => value === UINT32_MAX).length;
  if (missing === 0) return [...narrow];
  if (!zip64 || zip64.length < 8 * missing) throw invalidArchive("zip64-extra", "64-bit numbers are missing");
  let position = 0;
  const next = () => {
    position += 8;
    return readUint64(zip64, position - 8);
  };
  const wide = narrow.map((value) => (value === UINT32_MAX ? next() : value));
  const isSpare = position === 16 && zip64.length === 24 && wide[2] === narrow[2];
  const isWhole = position === zip64.length || (isSpare && next() === wide[2]);
  if (!isWhole) throw invalidArchive("zip64-extra", `${zip64.length} bytes of 64-bit numbers, expected ${8 * missing}`);
  return wide;
}

function decodeAttributes(bytes: Buffer, name: string): Pick<ArchiveEntry, "type" | "mode"> {
  const madeBy = bytes.readUInt8(5);
  const attributes = bytes.readUInt32LE(38);
  const mode = madeBy === UNIX || madeBy === DARWIN ? attributes >>> 16 : 0;
  const format = mode & 0o170000;
  const looksLikeDirectory = name.endsWith("/") || (format === 0 && (attributes & DOS_DIRECTORY) !== 0);
  if (format === 0o040000 || (looksLikeDirectory && (format === 0 || format === 0o100000))) {
    return { type: "directory", mode: mode || 0o040755 };
  }
  if (format === 0 || format === 0o100000) return { type: "file", mode: mode || 0o100644 };
  return { type: "other", mode };
}

function checkSizes({ name, type, method, size, compressedSize }: ArchiveEntry): void {
  const label = JSON.stringify(name);
  if (method === 0 && size !== compressedSize) {
    throw invalidArchive("stored-size", `${label} is stored in ${compressedSize} bytes, expected ${size}`);
  }
  if (size > compressedSize * DEFLATE_RATIO_MAX) {
    throw invalidArchive("impossible-size", `${label} cannot hold ${size} bytes in ${compressedSize}`);
  }
  if (type === "directory" && size !== 0) {
    throw invalidArchive("directory-with-content", `the directory ${label} has ${size} bytes`);
  }
}
