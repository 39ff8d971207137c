import { matchDescriptor } from "../format/data-descriptor.ts";
import { decodeExtraFields } from "../format/extra-fields.ts";
import { checkUnicodePath } from "../format/header-name.ts";
import { type ArchiveReason, invalidArchive } from "../format/invalid-archive.ts";
import {
  decodeLocalHeader,
  FLAG_DESCRIPTOR,
  LOCAL_HEADER_SIZE,
  type LocalHeader,
  UINT32_MAX,
} from "../format/local-header.ts";
import { encodeName } from "../format/name-encoding.ts";
import { checkEnd, type PlacedEntry, refuseEntry } from "./placed-entry.ts";

/** The most bytes that a local header has: two lengths of 16 bits follow its fixed part. */
export const LOCAL_HEADER_SIZE_MAX = LOCAL_HEADER_SIZE + 2 * 0xffff;

/** How hard deflate tried: nobody needs to know to read it, and some set them in one header only. */
const FLAGS_LEVEL = (1 << 1) | (1 << 2);

/** Returns the size of the local header at the start of `bytes`, which are at least the fixed part of it. */
export function localHeaderSize(bytes: Buffer, entry: PlacedEntry): number {
  return sizeOf(fixedPart(bytes, entry), entry);
}

/**
 * Compares the local header at the start of `bytes` with what the central directory says, and returns its size. `bytes` hold
 * all of it, unless it reaches beyond the entry's place.
 */
export function checkLocalHeader(bytes: Buffer, entry: PlacedEntry): number {
  const header = fixedPart(bytes, entry);
  const size = sizeOf(header, entry);
  const name = bytes.subarray(LOCAL_HEADER_SIZE, LOCAL_HEADER_SIZE + header.nameSize);
  if (!name.equals(encodeName(entry.headerName ?? entry.name, entry.nameEncoding))) {
    refuseEntry("local-name", entry, `is called ${JSON.stringify(name.toString())} in its local header; pack it again`);
  }
  const extra = decodeExtraFields(bytes.subarray(LOCAL_HEADER_SIZE + header.nameSize, size));
  checkUnicodePath(extra.unicodePath, name, entry.name);
  checkNumbers(header, entry);
  checkLocalSizes(header, entry, extra.zip64);
  checkEnd(entry, entry.headerOffset + size + entry.compressedSize);
  return size;
}

/** Checks what follows the content, which ends at `contentEnd`: a descriptor, if the entry has one. `bytes` start there. */
export function checkDescriptor(bytes: Buffer, entry: PlacedEntry, contentEnd: number): void {
  if (!(entry.flags & FLAG_DESCRIPTOR)) return;
  const size = matchDescriptor(bytes, entry);
  if (size === undefined) refuseEntry("descriptor", entry, `has no descriptor at ${contentEnd} that agrees with it`);
  checkEnd(entry, contentEnd + size);
}

function fixedPart(bytes: Buffer, entry: PlacedEntry): LocalHeader {
  checkEnd(entry, entry.headerOffset + LOCAL_HEADER_SIZE);
  return decodeLocalHeader(bytes) ?? refuseEntry("local-header", entry, `has no local header at ${entry.headerOffset}`);
}

function sizeOf({ nameSize, extraSize }: LocalHeader, entry: PlacedEntry): number {
  const size = LOCAL_HEADER_SIZE + nameSize + extraSize;
  checkEnd(entry, entry.headerOffset + size);
  return size;
}

function checkNumbers(header: LocalHeader, entry: PlacedEntry): void {
  compare("local-method", entry, [header.method, entry.method]);
  compare("local-flags", entry, [header.flags & ~FLAGS_LEVEL, entry.flags & ~FLAGS_LEVEL]);
  if (header.crc32 !== 0 || !(entry.flags & FLAG_DESCRIPTOR)) compare("local-crc", entry, [header.crc32, entry.crc32]);
}

/** A header before a descriptor may leave the sizes at 0. Any other number must be the right one. */
function checkLocalSizes(header: LocalHeader, entry: PlacedEntry, zip64: Buffer | undefined): void {
  const isUnknown = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  let position = 0;
  for (const which of ["size", "compressedSize"] as const) {
    const isWide = header[which] === UINT32_MAX;
    if (!isWide) {
      if (header[which] !== 0 || !isUnknown) compare("local-size", entry, [header[which], entry[which]]);
      continue;
    }
    if (!zip64 || zip64.length < position + 8) {
      throw invalidArchive("zip64-extra", `${JSON.stringify(entry.name)} lacks 64-bit numbers in its local header`);
    }
    const found = zip64.readBigUInt64LE(position);
    position += 8;
    const isLeftOut = isUnknown && (found === 0n || found === 2n ** 64n - 1n);
    if (!isLeftOut) compare("local-size", entry, [found, BigInt(entry[which])]);
  }
}

function compare(
  reason: ArchiveReason,
  entry: PlacedEntry,
  [found, expected]: [bigint | number, bigint | number],
): void {
  if (found === expected) return;
  const what = reason.replace("local-", "");
  const wayOut = "one of them is wrong, and programs differ in which they believe: fetch it again, or pack it again";
  refuseEntry(reason, entry, `has ${what} ${found} in its local header and ${expected} in the directory; ${wayOut}`);
}
