import { setImmediate } from "node:timers/promises";
import { abortError } from "../errors.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { type ArchiveEntry, checkUnicodePath } from "./central-header.ts";
import { DESCRIPTOR_SIZE_MAX, matchDescriptor } from "./data-descriptor.ts";
import { decodeExtraFields } from "./extra-fields.ts";
import { HeaderWindow } from "./header-window.ts";
import { type ArchiveReason, invalidArchive } from "./invalid-archive.ts";
import { decodeLocalHeader, FLAG_DESCRIPTOR, LOCAL_HEADER_SIZE, type LocalHeader, UINT32_MAX } from "./local-header.ts";
import { encodeName } from "./name-encoding.ts";

/** After so many headers the process gets to do something else. */
const ENTRIES_AT_ONCE = 500;

/** An entry whose local header was found and agrees. */
export interface LocatedEntry extends ArchiveEntry {
  /** Where the content starts; it has `compressedSize` bytes. */
  readonly dataOffset: number;
}

/**
 * Finds the content of every entry and returns them in the order of the archive. Each local header must say what the central
 * directory says, and no byte may belong to two entries: that alone ends archives that expand by naming one content many times.
 */
export async function locateEntries(
  source: ArchiveSource,
  entries: readonly ArchiveEntry[],
  { end, signal }: { end: number; signal: AbortSignal },
): Promise<LocatedEntry[]> {
  const sorted = entries.toSorted((left, right) => left.headerOffset - right.headerOffset);
  const window = new HeaderWindow(source, { offsets: sorted.map((entry) => entry.headerOffset), end });
  const located: LocatedEntry[] = [];
  let free = 0;
  for (const entry of sorted) {
    if (located.length % ENTRIES_AT_ONCE === 0) await setImmediate();
    if (signal.aborted) throw abortError(signal);
    if (entry.headerOffset < free) refuse("overlap", entry, `starts inside of the entry before, which ends at ${free}`);
    const dataOffset = await findData(window, entry, end);
    free = dataOffset + entry.compressedSize;
    if (free > end) refuse("out-of-bounds", entry, `ends at ${free}, expected at most ${end}`);
    if (entry.flags & FLAG_DESCRIPTOR) free += await descriptorSize(window, entry, free);
    located.push({ ...entry, dataOffset });
  }
  return located;
}

async function findData(window: HeaderWindow, entry: ArchiveEntry, end: number): Promise<number> {
  const nameOffset = entry.headerOffset + LOCAL_HEADER_SIZE;
  if (nameOffset > end)
    refuse("out-of-bounds", entry, `starts at ${entry.headerOffset}, with ${end} bytes before the directory`);
  const header = decodeLocalHeader(await window.read(entry.headerOffset, LOCAL_HEADER_SIZE));
  if (!header) return refuse("local-header", entry, `has no local header at ${entry.headerOffset}`);
  const dataOffset = nameOffset + header.nameSize + header.extraSize;
  if (dataOffset > end)
    refuse("out-of-bounds", entry, `has a local header that ends at ${dataOffset}, expected at most ${end}`);
  const nameAndExtra = await window.read(nameOffset, header.nameSize + header.extraSize);
  const name = nameAndExtra.subarray(0, header.nameSize);
  if (!name.equals(encodeName(entry.name, entry.nameEncoding))) {
    refuse("local-name", entry, `is called ${JSON.stringify(name.toString())} in its local header`);
  }
  const extra = decodeExtraFields(nameAndExtra.subarray(header.nameSize));
  checkUnicodePath(extra, entry.name);
  checkHeader(header, entry);
  checkLocalSizes(header, entry, extra.zip64);
  return dataOffset;
}

function checkHeader(header: LocalHeader, entry: ArchiveEntry): void {
  compare("local-method", entry, [header.method, entry.method]);
  compare("local-flags", entry, [header.flags, entry.flags]);
  if (header.crc32 !== 0 || !(entry.flags & FLAG_DESCRIPTOR)) compare("local-crc", entry, [header.crc32, entry.crc32]);
}

/** A header before a descriptor may leave the sizes at 0. Any other number must be the right one. */
function checkLocalSizes(header: LocalHeader, entry: ArchiveEntry, zip64: Buffer | undefined): void {
  const isUnknown = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  let position = 0;
  for (const which of ["size", "compressedSize"] as const) {
    const isWide = header[which] === UINT32_MAX;
    if (isWide && (!zip64 || zip64.length < position + 8)) {
      throw invalidArchive("zip64-extra", `${JSON.stringify(entry.name)} lacks 64-bit numbers in its local header`);
    }
    const found = isWide && zip64 ? zip64.readBigUInt64LE(position) : BigInt(header[which]);
    if (isWide) position += 8;
    const isLeftOut = isUnknown && (found === 0n || found === 2n ** 64n - 1n);
    if (!isLeftOut) compare("local-size", entry, [found, BigInt(entry[which])]);
  }
}

async function descriptorSize(window: HeaderWindow, entry: ArchiveEntry, offset: number): Promise<number> {
  const size = matchDescriptor(await window.read(offset, DESCRIPTOR_SIZE_MAX), entry);
  return size ?? refuse("descriptor", entry, `has no descriptor at ${offset} that agrees with it`);
}

function compare(
  reason: ArchiveReason,
  entry: ArchiveEntry,
  [found, expected]: [bigint | number, bigint | number],
): void {
  if (found === expected) return;
  refuse(reason, entry, `has ${reason.replace("local-", "")} ${found} in its local header, expected ${expected}`);
}

function refuse(reason: ArchiveReason, entry: ArchiveEntry, problem: string): never {
  throw invalidArchive(reason, `${JSON.stringify(entry.name)} ${problem}`);
}
