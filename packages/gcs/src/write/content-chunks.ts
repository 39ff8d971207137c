import { Crc32c } from "../crc32c.ts";

/** A part of a content, for one request. */
export interface ContentChunk {
  readonly bytes: Buffer;
  /** Where in the content it begins. */
  readonly offset: number;
  /** CRC32C of the content up to the end of this chunk. */
  readonly crc32c: string;
  readonly isLast: boolean;
}

/**
 * Cuts content into chunks of `chunkSize` bytes, the last one shorter; empty content is one empty chunk. A full chunk is
 * held back until there is a byte behind it, so that the last one is known to be the last.
 *
 * Two buffers take turns: a chunk stays as it is until the one after the next is asked for.
 *
 * @param sizeHint - Bytes that the whole content has at most, if known: less than `chunkSize` need smaller buffers.
 */
export async function* contentChunks(
  content: AsyncIterable<Uint8Array>,
  { chunkSize, sizeHint = chunkSize }: { chunkSize: number; sizeHint?: number | undefined },
): AsyncGenerator<ContentChunk, void, void> {
  const crc32c = new Crc32c();
  let buffer: Buffer = Buffer.allocUnsafeSlow(Math.min(chunkSize, sizeHint));
  let spare: Buffer | undefined;
  let offset = 0;
  let filled = 0;
  for await (const piece of content) {
    for (let taken = 0; taken < piece.length; ) {
      if (filled === chunkSize) {
        yield { bytes: buffer, offset, crc32c: crc32c.toString(), isLast: false };
        [buffer, spare] = [spare ?? Buffer.allocUnsafeSlow(chunkSize), buffer];
        offset += filled;
        filled = 0;
      }
      if (filled === buffer.length) buffer = enlarge(buffer, chunkSize);
      const part = piece.subarray(taken, taken + buffer.length - filled);
      buffer.set(part, filled);
      crc32c.update(part);
      filled += part.length;
      taken += part.length;
    }
  }
  yield { bytes: buffer.subarray(0, filled), offset, crc32c: crc32c.toString(), isLast: true };
}

function enlarge(buffer: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  larger.set(buffer);
  return larger;
}
