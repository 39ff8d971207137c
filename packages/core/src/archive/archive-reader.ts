import type { DiskFile } from "../disk/disk.ts";
import { StowageError } from "../errors.ts";

const CHUNK_SIZE = 1024 * 1024;

export interface Ranges {
  /** Bytes of one read. */
  readonly size: number;
  /** Reads that are under way at once. */
  readonly ahead: number;
}

/** Of bytes that are at hand: large enough to cost little, small enough to hold little. */
export const NEAR: Ranges = { size: 2 * 1024 * 1024, ahead: 2 };

/** The bytes of an archive, wherever it lies. */
export interface ArchiveReader {
  /** Bytes. */
  readonly size: number;
  /** How to read where much is needed. */
  readonly ranges: Ranges;
  /** Returns the bytes from `start` up to, not including, `end`, all of them, or rejects. They may lie in `memory`, if it is given. */
  read(start: number, end: number, memory?: Buffer): Promise<Uint8Array>;
  /** Yields the same bytes in chunks that the caller may keep. Throws rather than end early. */
  stream(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** Reads an archive from an open file, which stays open. */
export function diskReader(file: DiskFile, size: number): ArchiveReader {
  return {
    size,
    ranges: NEAR,
    read: (start, end) => readExactly(file, start, end),
    stream: (start, end) => readChunks(file, start, end),
  };
}

/** Serves a part of an archive from memory: the bytes that begin at `offset`. */
export function bufferReader(bytes: Uint8Array, offset = 0): ArchiveReader {
  const read = async (start: number, end: number) => bytes.subarray(start - offset, end - offset);
  return {
    size: offset + bytes.length,
    ranges: NEAR,
    read,
    stream: async function* (start, end) {
      if (end > start) yield await read(start, end);
    },
  };
}

async function readExactly(file: DiskFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  const filled = await file.read(bytes, start);
  if (filled === bytes.length) return bytes;
  throw new StowageError("SIZE_MISMATCH", `the archive ends at byte ${start + filled}, expected ${end}`);
}

async function* readChunks(file: DiskFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; position += CHUNK_SIZE) {
    yield await readExactly(file, position, Math.min(position + CHUNK_SIZE, end));
  }
}
