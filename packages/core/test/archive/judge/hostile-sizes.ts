import { type ArchiveReader, NEAR } from "../../../src/archive/archive-reader.ts";
import type { ArchiveReason } from "../../../src/archive/format/invalid-archive.ts";
import { buildZip } from "../build-zip.ts";

/** Archives whose announced sizes nobody should believe, as sources that are zeros but for their end. */
export const HOSTILE_SIZES: readonly { title: string; reason: ArchiveReason; reader: ArchiveReader }[] = [
  {
    title: "a central directory of 300 MiB",
    reason: "central-directory-size",
    reader: directoryOfZeros(300 * 2 ** 20),
  },
  { title: "a central directory of 1 TiB", reason: "central-directory-size", reader: directoryOfZeros(2 ** 40) },
];

function directoryOfZeros(size: number): ArchiveReader {
  const zip64 = { count: 1n, size: BigInt(size), offset: 0n, recordOffset: BigInt(size) };
  const end = buildZip([], { zip64 });
  const total = size + end.length;
  const read = async (start: number, stop: number) => {
    const bytes = Buffer.alloc(Math.min(stop - start, 2 ** 24));
    end.copy(bytes, Math.max(0, size - start), Math.max(0, start - size));
    return bytes;
  };
  return {
    size: total,
    ranges: NEAR,
    read,
    stream: async function* (start, stop) {
      yield await read(start, stop);
    },
  };
}
