import type { ArchiveReader } from "../archive-reader.ts";
import { DESCRIPTOR_SIZE_MAX } from "../format/data-descriptor.ts";
import { LOCAL_HEADER_SIZE } from "../format/local-header.ts";
import { ContentSum, checkContent } from "../inflate/check-content.ts";
import { inflateStream } from "../inflate/inflate-stream.ts";
import { checkDescriptor, checkLocalHeader, localHeaderSize } from "../judge/check-local-header.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import { ByteCursor } from "./byte-cursor.ts";

/**
 * Yields the content of one entry as it is read, from one range of the archive, which is the entry's own. The local header is
 * checked before the first byte; size, CRC and what follows before the last chunk, which is held back until then: a reader that counts
 * bytes gets all of them only if they are right. `INVALID_ARCHIVE`.
 */
export async function* entryContent(reader: ArchiveReader, entry: PlacedEntry): AsyncGenerator<Uint8Array, void, void> {
  const cursor = new ByteCursor(reader.stream(entry.headerOffset, entry.limit));
  const sum = new ContentSum();
  let held: Uint8Array | undefined;
  try {
    const headerSize = await readHeader(cursor, entry);
    const raw = cursor.next(entry.compressedSize);
    for await (const chunk of entry.method === 0 ? raw : inflateStream(raw, entry)) {
      sum.add(chunk);
      if (sum.size > entry.size) checkContent(entry, sum);
      if (held) yield held;
      held = chunk;
    }
    checkContent(entry, sum);
    checkDescriptor(
      await cursor.atMost(DESCRIPTOR_SIZE_MAX),
      entry,
      entry.headerOffset + headerSize + entry.compressedSize,
    );
  } finally {
    await cursor.close();
  }
  if (held) yield held;
}

async function readHeader(cursor: ByteCursor, entry: PlacedEntry): Promise<number> {
  const fixed = await cursor.atMost(LOCAL_HEADER_SIZE);
  const rest = await cursor.atMost(localHeaderSize(fixed, entry) - fixed.length);
  return checkLocalHeader(Buffer.concat([fixed, rest]), entry);
}
