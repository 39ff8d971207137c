import { crc32 } from "node:zlib";
import type { ArchiveEntry } from "../format/central-header.ts";
import { invalidArchive } from "../format/invalid-archive.ts";

/** Size and CRC of content that is read piece by piece. */
export class ContentSum {
  size = 0;
  crc32 = 0;

  add(bytes: Uint8Array): void {
    this.size += bytes.length;
    this.crc32 = crc32(bytes, this.crc32);
  }
}

type Named = Pick<ArchiveEntry, "name" | "size" | "crc32" | "compressedSize">;

/** Throws `INVALID_ARCHIVE` unless the content has the size and the CRC that the archive declares, also if the CRC field is 0. */
export function checkContent(entry: Named, { size, crc32: found }: { size: number; crc32: number }): void {
  checkSize(entry, size);
  if (found === entry.crc32) return;
  const label = JSON.stringify(entry.name);
  throw invalidArchive("content-crc", `${label} has the CRC ${hex(found)}, expected ${hex(entry.crc32)}`);
}

/** Throws `INVALID_ARCHIVE` unless that is the size which the archive declares. */
function checkSize({ name, size: expected }: Named, size: number): void {
  if (size === expected) return;
  const found = size > expected ? `more than ${expected}` : `${size}`;
  throw invalidArchive("content-size", `${JSON.stringify(name)} has ${found} bytes, expected ${expected}`);
}

/** Throws `INVALID_ARCHIVE` unless the deflated data takes all of the bytes that the archive has for it. */
export function checkConsumed({ name, compressedSize }: Named, consumed: number): void {
  if (consumed === compressedSize) return;
  const message = `${JSON.stringify(name)} ends after ${consumed} of its ${compressedSize} compressed bytes`;
  throw invalidArchive("content-unconsumed", message);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
