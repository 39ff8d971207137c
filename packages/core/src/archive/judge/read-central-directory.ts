import { setImmediate } from "node:timers/promises";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { type ArchiveEntry, CENTRAL_HEADER_SIZE } from "../format/central-header.ts";
import { type DirectoryPlace, decodeEndRecords } from "../format/end-records.ts";
import { invalidArchive } from "../format/invalid-archive.ts";
import type { NamePolicy } from "../format/normalized-name.ts";
import { HeaderDecoder } from "./header-decoder.ts";
import { checkCount, checkDirectorySize } from "./restorable.ts";

const TAIL_SIZE = 1024 * 1024;
/** The longest that the process is kept from anything else. */
const SLICE_MS = 2;

export interface CentralDirectory {
  readonly entries: readonly ArchiveEntry[];
  /** Where the directory starts: all local headers and contents lie before it. */
  readonly offset: number;
  /** Whether all entries have the form of those that are written here. */
  readonly isOurs: boolean;
}

/**
 * Reads the list of entries from the end of an archive: one read of up to 1 MiB, and one more stream if the directory is
 * larger. Nothing else of the archive is looked at. A broken directory, or one with an unsafe name, is `INVALID_ARCHIVE`.
 */
export async function readCentralDirectory(
  reader: ArchiveReader,
  options: { maxEntries: number; names?: NamePolicy | undefined; signal: AbortSignal },
): Promise<CentralDirectory> {
  const tailStart = Math.max(0, reader.size - TAIL_SIZE);
  const tail = asBuffer(await reader.read(tailStart, reader.size));
  const place = decodeEndRecords(tail, reader.size);
  checkPlace(place, options.maxEntries);
  const headers = new HeaderDecoder(place.count, options.names ?? "strict");
  let pauseAt = performance.now() + SLICE_MS;
  for await (const bytes of directoryBytes(reader, { place, tail, tailStart })) {
    if (options.signal.aborted) throw abortError(options.signal);
    headers.add(bytes);
    while (!headers.decodeUntil(pauseAt)) {
      await setImmediate();
      if (options.signal.aborted) throw abortError(options.signal);
      pauseAt = performance.now() + SLICE_MS;
    }
  }
  return { entries: headers.finish(), offset: place.offset, isOurs: headers.isOurs };
}

/** Looks at the announced numbers before anything is read or kept because of them. */
function checkPlace({ count, size }: DirectoryPlace, maxEntries: number): void {
  checkDirectorySize(size);
  if (count * CENTRAL_HEADER_SIZE > size) {
    throw invalidArchive(
      "entry-count",
      `${count} entries announced, which ${size} bytes cannot hold; fetch it again, or pack it again`,
    );
  }
  checkCount(count, { maxEntries });
}

async function* directoryBytes(
  reader: ArchiveReader,
  { place, tail, tailStart }: { place: DirectoryPlace; tail: Buffer; tailStart: number },
): AsyncGenerator<Buffer> {
  const end = place.offset + place.size;
  if (place.offset < tailStart) {
    for await (const chunk of reader.stream(place.offset, Math.min(tailStart, end))) yield asBuffer(chunk);
  }
  if (end > tailStart) yield tail.subarray(Math.max(0, place.offset - tailStart), end - tailStart);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
