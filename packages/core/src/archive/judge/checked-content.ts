import { ContentSum, checkContent } from "../inflate/check-content.ts";
import type { Inflate } from "../inflate/inflate.ts";
import { inflateWhole } from "../inflate/inflate-piece.ts";
import { checkDescriptor, checkLocalHeader } from "./check-local-header.ts";
import type { PlacedEntry } from "./placed-entry.ts";

/** The content of an entry whose local header is at the start of `bytes`, checked as a whole. */
export async function checkedContent(
  bytes: Buffer,
  entry: PlacedEntry,
  inflate: Inflate,
): Promise<readonly Uint8Array[]> {
  const start = checkLocalHeader(bytes, entry);
  const end = start + entry.compressedSize;
  checkDescriptor(bytes.subarray(end), entry, entry.headerOffset + end);
  const raw = bytes.subarray(start, end);
  const content = entry.method === 0 ? [raw] : await inflateWhole(raw, entry, inflate);
  const sum = new ContentSum();
  for (const piece of content) sum.add(piece);
  checkContent(entry, sum);
  return content;
}
