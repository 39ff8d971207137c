import { invalidArchive } from "./invalid-archive.ts";
import { UINT32_MAX } from "./local-header.ts";
import { readUint64 } from "./uint64.ts";

const UINT16_MAX = 0xffff;
const WIDE_SIZE = 8;
const DISK_SIZE = 4;

/** The numbers of a central header that a zip64 field can replace. */
export interface HeaderNumbers {
  readonly size: number;
  readonly compressedSize: number;
  readonly headerOffset: number;
}

/** The same as the header has them, with the number of the disk. */
export interface NarrowNumbers extends HeaderNumbers {
  readonly disk: number;
}

/**
 * Takes each number that its header cannot hold from the zip64 field (APPNOTE 4.5.3), in order: it has those alone. Many writers put
 * all of them there, each in its fixed place (commons-compress, DotNetZip, Go, zip_tricks, Archive Utility). So what is left of the
 * field must say the same when it is read like that: no reader may find other numbers in it than another.
 */
export function widen(narrow: NarrowNumbers, zip64: Buffer | undefined): HeaderNumbers {
  if (!zip64 && narrow.disk === 0 && Math.max(narrow.size, narrow.compressedSize, narrow.headerOffset) < UINT32_MAX) {
    return narrow; // nearly all entries
  }
  const inOrder = [narrow.size, narrow.compressedSize, narrow.headerOffset];
  const needed = inOrder.filter((value) => value === UINT32_MAX).length * WIDE_SIZE;
  if ((zip64?.length ?? 0) < needed) throw invalidArchive("zip64-extra", "64-bit numbers are missing");
  let position = 0;
  const next = (field: Buffer) => {
    position += WIDE_SIZE;
    return readUint64(field, position - WIDE_SIZE);
  };
  const [size = 0, compressedSize = 0, headerOffset = 0] = inOrder.map((value) =>
    value === UINT32_MAX && zip64 ? next(zip64) : value,
  );
  const numbers = { size, compressedSize, headerOffset };
  checkDisk(narrow.disk, zip64);
  if (zip64 && zip64.length > needed) checkSurplus(zip64, { needed, narrow, numbers });
  return numbers;
}

/** The largest number says that the disk stands in the zip64 field, where it is the last number. Some leave it out there. */
function checkDisk(disk: number, zip64: Buffer | undefined): void {
  if (disk === 0 || (disk === UINT16_MAX && zip64)) return;
  const found = `an entry lies on disk ${disk}, expected 0`;
  throw invalidArchive(
    "multiple-disks",
    `${found}: join the parts first, as \`zip -s 0 split.zip --out whole.zip\` does`,
  );
}

function checkSurplus(
  zip64: Buffer,
  { needed, narrow, numbers }: { needed: number; narrow: NarrowNumbers; numbers: HeaderNumbers },
): void {
  const hasDisk = zip64.length % WIDE_SIZE === DISK_SIZE;
  if (hasDisk && zip64.readUInt32LE(zip64.length - DISK_SIZE) !== 0) {
    throw invalidArchive(
      "multiple-disks",
      "a zip64 field says that an entry lies on another disk: join the parts first, as `zip -s 0 split.zip --out whole.zip` does",
    );
  }
  const all = hasDisk ? zip64.subarray(0, -DISK_SIZE) : zip64;
  if (all.length === needed) return;
  const expected = [numbers.size, numbers.compressedSize, numbers.headerOffset];
  const isWhole = all.length % WIDE_SIZE === 0 && all.length <= expected.length * WIDE_SIZE;
  if (isWhole && expected.every((value, index) => agrees(all, index, value, narrow))) return;
  const problem = `a zip64 field of ${zip64.length} bytes, of which ${needed} are needed, contradicts its header`;
  throw invalidArchive("zip64-extra", problem);
}

/** Archive Utility of macOS leaves 0 where an offset is not needed, which no reader takes for it. */
function agrees(all: Buffer, index: number, value: number, { headerOffset }: NarrowNumbers): boolean {
  const position = index * WIDE_SIZE;
  if (position >= all.length) return true;
  const found = all.readBigUInt64LE(position);
  return found === BigInt(value) || (index === 2 && found === 0n && headerOffset !== UINT32_MAX);
}
