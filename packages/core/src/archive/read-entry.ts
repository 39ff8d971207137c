import { crc32 } from "node:zlib";
import { abortError } from "../errors.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { inflate } from "./inflate.ts";
import { invalidArchive } from "./invalid-archive.ts";
import type { LocatedEntry } from "./local-headers.ts";

/**
 * Yields the content of an entry. Ends only if it has exactly the size and the CRC that the archive declares, and throws
 * `INVALID_ARCHIVE` otherwise, at the first byte too many. The bytes that were yielded before are then not to be trusted.
 */
export async function* readEntry(
  source: ArchiveSource,
  entry: LocatedEntry,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  let size = 0;
  let checksum = 0;
  for await (const chunk of contentOf(source, entry)) {
    if (signal.aborted) throw abortError(signal);
    size += chunk.length;
    if (size > entry.size) break;
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (signal.aborted) throw abortError(signal);
  const label = JSON.stringify(entry.name);
  if (size !== entry.size) {
    const found = size > entry.size ? `more than ${entry.size}` : `${size}`;
    throw invalidArchive("content-size", `${label} has ${found} bytes, expected ${entry.size}`);
  }
  if (checksum !== entry.crc32) {
    throw invalidArchive("content-crc", `${label} has the CRC ${hex(checksum)}, expected ${hex(entry.crc32)}`);
  }
}

function contentOf(source: ArchiveSource, entry: LocatedEntry): AsyncIterable<Uint8Array> {
  const { dataOffset, compressedSize } = entry;
  if (entry.method === 0) return source.stream(dataOffset, dataOffset + compressedSize);
  return inflate(source, entry);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
