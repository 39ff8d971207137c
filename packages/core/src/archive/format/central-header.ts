import { decodeDosTime } from "./dos-time.ts";
import { decodeExtraFields } from "./extra-fields.ts";
import { decodeHeaderName } from "./header-name.ts";
import { type ArchiveReason, invalidArchive } from "./invalid-archive.ts";
import { FLAG_UTF8 } from "./local-header.ts";
import type { NameEncoding } from "./name-encoding.ts";
import { type NameHost, type NamePolicy, ROOT } from "./normalized-name.ts";
import type { Owner } from "./owner.ts";
import { type HeaderNumbers, widen } from "./wide-numbers.ts";

export const CENTRAL_HEADER_SIZE = 46;
export const CENTRAL_HEADER_SIGNATURE = 0x0201_4b50;

const FLAGS_ENCRYPTED = (1 << 0) | (1 << 6) | (1 << 13);
const FLAG_PATCH = 1 << 5;
const FAT = 0;
const UNIX = 3;
const NTFS = 10;
const VFAT = 14;
const DARWIN = 19;
const DOS_DIRECTORY = 0x10;
/** Of a mode, the bits that say what it is. */
const TYPE = 0o170000;
const REGULAR = 0o100000;
const FIFO = 0o010000;
/** Methods that are not read, with who writes them. */
const METHODS = new Map([
  [1, "shrink of PKZIP 1"],
  [6, "implode of PKZIP 1"],
  [9, "deflate64, of 7-Zip, and of Windows for files beyond 2 GiB"],
  [12, "bzip2, of zip -Z bzip2 and 7-Zip"],
  [14, "LZMA, of 7-Zip"],
  [93, "Zstandard, of WinZip and libarchive"],
  [95, "xz, of WinZip and 7-Zip"],
  [98, "PPMd, of 7-Zip"],
  [99, "AES encryption, of 7-Zip and WinZip: leave out the password"],
]);
/** 258 bytes in two bits are the most that deflate can say (RFC 1951). */
const DEFLATE_RATIO_MAX = 1032;

/** An entry as the central directory describes it. */
export interface ArchiveEntry {
  /** Safe to use below a directory. Ends in "/" for a directory, unless only its mode says so. */
  readonly name: string;
  readonly type: "file" | "directory" | "symlink" | "other";
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
  /** What the headers say, decoded, where that is another text: `name` is what is meant by it. */
  readonly headerName?: string | undefined;
  /** Whether nothing says how the name is encoded: it was read as code page 437, which it need not be. */
  readonly isNameGuessed?: boolean | undefined;
  readonly headerOffset: number;
  /** The data of our own extra field, if there is one: where the content can be cut. Not checked. */
  readonly blockTable?: Buffer | undefined;
  /** Who owned it, if the archive says so. */
  readonly owner?: Owner | undefined;
}

/** Returns the size of the whole header at `position`. Nothing if more bytes are needed to tell. */
export function centralHeaderSize(bytes: Buffer, position = 0): number | undefined {
  if (bytes.length - position < CENTRAL_HEADER_SIZE) return undefined;
  if (bytes.readUInt32LE(position) !== CENTRAL_HEADER_SIGNATURE) {
    throw invalidArchive("central-directory-malformed", "no entry where the central directory must have one");
  }
  const variable = bytes.readUInt16LE(position + 28) + bytes.readUInt16LE(position + 30);
  return CENTRAL_HEADER_SIZE + variable + bytes.readUInt16LE(position + 32);
}

/**
 * Decodes a whole header (APPNOTE 4.3.12). Refuses what no restore could use, and names that are not safe.
 * Makes one object at once: spreads would take most of the time.
 */
export function decodeCentralHeader(bytes: Buffer, names: NamePolicy): ArchiveEntry {
  const nameEnd = CENTRAL_HEADER_SIZE + bytes.readUInt16LE(28);
  const extra = decodeExtraFields(bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30)));
  const flags = bytes.readUInt16LE(8);
  const { name, headerName, nameEncoding, isNameGuessed } = decodeHeaderName(
    bytes.subarray(CENTRAL_HEADER_SIZE, nameEnd),
    {
      isFlaggedUtf8: (flags & FLAG_UTF8) !== 0,
      host: hostOf(bytes),
      names,
      unicodePath: extra.unicodePath,
    },
  );
  const method = decodeMethod(bytes.readUInt16LE(10), flags, name);
  const numbers = decodeNumbers(bytes, extra.zip64);
  const mode = modeOf(bytes, numbers);
  const type = decodeType(bytes, mode, name);
  const entry: ArchiveEntry = {
    name,
    type,
    size: numbers.size,
    compressedSize: numbers.compressedSize,
    crc32: bytes.readUInt32LE(16),
    method,
    mode: mode || (type === "directory" ? 0o040755 : 0o100644),
    modifiedAt: extra.modifiedAt ?? decodeDosTime({ time: bytes.readUInt16LE(12), date: bytes.readUInt16LE(14) }),
    flags,
    nameEncoding,
    headerName,
    isNameGuessed,
    headerOffset: numbers.headerOffset,
    blockTable: extra.blockTable && Buffer.from(extra.blockTable),
    owner: extra.owner,
  };
  checkSizes(entry);
  return entry;
}

function hostOf(bytes: Buffer): NameHost {
  const madeBy = bytes.readUInt8(5);
  if (madeBy === UNIX || madeBy === DARWIN) return "unix";
  return madeBy === FAT || madeBy === NTFS || madeBy === VFAT ? "fat" : "other";
}

function decodeMethod(method: number, flags: number, name: string): 0 | 8 {
  if (flags & FLAGS_ENCRYPTED) refuse("encrypted", name, "is encrypted; pack it again without a password");
  if (flags & FLAG_PATCH) refuse("patch-data", name, "is a patch of PKZIP; apply it, and pack the result");
  if (method === 0 || method === 8) return method;
  const writer = METHODS.get(method);
  const known = writer ? ` (${writer})` : "";
  return refuse("method", name, `has method ${method}${known}, expected 0 or 8; pack it again with plain deflate`);
}

/** Looks for a field also where 32 bits hold all numbers: what it says must agree with them. */
function decodeNumbers(bytes: Buffer, zip64: Buffer | undefined): HeaderNumbers {
  const size = bytes.readUInt32LE(24);
  const compressedSize = bytes.readUInt32LE(20);
  const headerOffset = bytes.readUInt32LE(42);
  return widen({ size, compressedSize, headerOffset, disk: bytes.readUInt16LE(34) }, zip64);
}

/**
 * The mode that the header says, if Unix made it: 0 if it does not tell. zip and 7-Zip write that of the pipe beside what they read from
 * one. No FIFO holds anything, and unzip, bsdtar, Python and 7-Zip make a file of it.
 */
function modeOf(bytes: Buffer, { size }: HeaderNumbers): number {
  const mode = hostOf(bytes) === "unix" ? bytes.readUInt16LE(40) : 0;
  return (mode & TYPE) === FIFO && size > 0 ? REGULAR | (mode & ~TYPE) : mode;
}

function decodeType(bytes: Buffer, mode: number, name: string): ArchiveEntry["type"] {
  const format = mode & TYPE;
  if (format === 0o040000) return "directory";
  if (format === 0o120000 && !name.endsWith("/")) return "symlink";
  if (format !== 0 && format !== REGULAR) return "other";
  if (name.endsWith("/")) return "directory";
  return format === 0 && (bytes.readUInt32LE(38) & DOS_DIRECTORY) !== 0 ? "directory" : "file";
}

function checkSizes({ name, type, method, size, compressedSize }: ArchiveEntry): void {
  if (method === 0 && size !== compressedSize) {
    refuse("stored-size", name, `is stored in ${compressedSize} bytes, expected ${size}`);
  }
  if (size > compressedSize * DEFLATE_RATIO_MAX) {
    refuse("impossible-size", name, `cannot hold ${size} bytes in ${compressedSize}`);
  }
  if (name === ROOT && type !== "directory") refuse("name-dot-segment", name, "is no directory; pack it again");
  if (type === "directory" && size !== 0) refuse("directory-with-content", name, `is a directory with ${size} bytes`);
}

function refuse(reason: ArchiveReason, name: string, problem: string): never {
  throw invalidArchive(reason, `${JSON.stringify(name)} ${problem}`);
}
