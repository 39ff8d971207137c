import { setImmediate } from "node:timers/promises";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { FLAG_DESCRIPTOR, LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import { checkDescriptor, checkLocalHeader, localHeaderSize } from "./check-local-header.ts";
import { HeaderWindow } from "./header-window.ts";
import type { PlacedEntry } from "./placed-entry.ts";

/** After so many headers the process gets to do something else. */
const ENTRIES_AT_ONCE = 500;

/** Checks the local headers of entries whose contents are not read. Refuses each that does not say what the directory says. */
export async function checkLocalHeaders(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const end = entries[0]?.directoryOffset ?? 0;
  const window = new HeaderWindow(reader, { offsets: entries.map((entry) => entry.headerOffset), end });
  for (const [index, entry] of entries.entries()) {
    if (index % ENTRIES_AT_ONCE === 0) await setImmediate();
    if (signal.aborted) throw abortError(signal);
    const fixed = await window.read(entry.headerOffset, LOCAL_HEADER_SIZE);
    const headerSize = localHeaderSize(fixed, entry);
    checkLocalHeader(await window.read(entry.headerOffset, headerSize), entry);
    if (!(entry.flags & FLAG_DESCRIPTOR)) continue;
    const contentEnd = entry.headerOffset + headerSize + entry.compressedSize;
    checkDescriptor(await window.read(contentEnd, DESCRIPTOR_SIZE_MAX), entry, contentEnd);
  }
}
