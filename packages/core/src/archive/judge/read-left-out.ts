import type { ArchiveReader } from "../archive-reader.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { invalidArchive } from "../format/invalid-archive.ts";
import { inflateOnPool } from "../inflate/inflate.ts";
import { decodeLeftOut, LEFT_OUT_ENTRY, LEFT_OUT_SIZE_MAX, type LeftOut } from "../left-out/left-out.ts";
import { LOCAL_HEADER_SIZE_MAX } from "./check-local-header.ts";
import { checkedContent } from "./checked-content.ts";
import type { PlacedEntry } from "./placed-entry.ts";

/** Reads what an archive says that it left out; nothing is left out if it says nothing. A damaged record is `INVALID_ARCHIVE`. */
export async function readLeftOut(reader: ArchiveReader, entry: PlacedEntry | undefined): Promise<LeftOut> {
  if (!entry) return { exclude: [], skipped: [] };
  const { size, compressedSize, type, headerOffset, limit } = entry;
  if (type !== "file") throw invalidArchive("left-out-record", `${LEFT_OUT_ENTRY} is no file`);
  if (Math.max(size, compressedSize) > LEFT_OUT_SIZE_MAX) {
    const message = `${LEFT_OUT_ENTRY} has ${Math.max(size, compressedSize)} bytes, at most 16 MiB expected`;
    throw invalidArchive("left-out-record", message);
  }
  const most = headerOffset + LOCAL_HEADER_SIZE_MAX + compressedSize + DESCRIPTOR_SIZE_MAX;
  const bytes = await reader.read(headerOffset, Math.min(limit, most));
  const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return decodeLeftOut(Buffer.concat(await checkedContent(own, entry, inflateOnPool)));
}
