import { setImmediate } from "node:timers/promises";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { decodeLinkTarget, LINK_TARGET_SIZE_MAX, linkTargetProblem } from "../format/link-target.ts";
import { LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import { inflateOnPool } from "../inflate/inflate.ts";
import { localHeaderSize } from "./check-local-header.ts";
import { checkedContent } from "./checked-content.ts";
import { HeaderWindow } from "./header-window.ts";
import { type PlacedEntry, refuseEntry } from "./placed-entry.ts";
import { checkLinks } from "./restorable.ts";

/** After so many links the process gets to do something else. */
const LINKS_AT_ONCE = 500;

/** A symbolic link of an archive, with where it leads: at most 4,095 bytes, no NUL. Nothing is said of what lies there. */
export interface JudgedLink {
  readonly entry: PlacedEntry;
  /** Nothing if it is not UTF-8. */
  readonly target: string | undefined;
}

/**
 * Reads where links lead, each with its local header and CRC. One that leads nowhere by its form, or that takes more bytes than a
 * path can, is refused (`link-target`) before it is read, and a damaged one as any content is.
 */
export async function readLinks(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  { signal }: { readonly signal: AbortSignal },
): Promise<JudgedLink[]> {
  for (const entry of entries) checkSize(entry);
  checkLinks(entries);
  const end = entries[0]?.directoryOffset ?? 0;
  const window = new HeaderWindow(reader, { offsets: entries.map(({ headerOffset }) => headerOffset), end });
  const links: JudgedLink[] = [];
  for (const entry of entries) {
    if (links.length % LINKS_AT_ONCE === 0) await setImmediate();
    if (signal.aborted) throw abortError(signal);
    links.push({ entry, target: await targetOf(entry, window) });
  }
  return links;
}

/** Deflate makes a short text a little longer, and never twice as long. */
function checkSize(entry: PlacedEntry): void {
  const size = Math.max(entry.size, entry.compressedSize / 2);
  if (entry.size > 0 && size <= LINK_TARGET_SIZE_MAX) return;
  refuseEntry("link-target", entry, `is a link to a path of ${entry.size} bytes, from 1 to 4095 expected`);
}

async function targetOf(entry: PlacedEntry, window: HeaderWindow): Promise<string | undefined> {
  const fixed = await window.read(entry.headerOffset, LOCAL_HEADER_SIZE);
  const size = localHeaderSize(fixed, entry) + entry.compressedSize + DESCRIPTOR_SIZE_MAX;
  const own = await window.read(entry.headerOffset, Math.min(size, entry.limit - entry.headerOffset));
  const bytes = Buffer.concat(await checkedContent(own, entry, inflateOnPool));
  const problem = linkTargetProblem(bytes);
  if (problem) refuseEntry("link-target", entry, problem);
  return decodeLinkTarget(bytes);
}
