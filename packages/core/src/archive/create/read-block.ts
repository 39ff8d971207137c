import { crc32 } from "node:zlib";
import type { ReadableFile } from "../../disk/disk.ts";
import { BLOCK_SIZE, STORED_OVERHEAD } from "../format/block-size.ts";
import { type Codec, deflateBlock } from "./deflate-block.ts";

/** A block of a file that is to be read and compressed. */
export interface BlockRequest {
  /** Offset in the file, in bytes. */
  readonly position: number;
  /** Bytes that the file had when it was opened. What it has grown by since is not read. */
  readonly fileSize: number;
  /** Whether the block is probed before it is deflated, because the rest of the file does not shrink. */
  readonly isProbed: boolean;
}

export interface Block {
  /** Deflated. */
  readonly bytes: Uint8Array;
  readonly crc32: number;
  /** Bytes that were read. */
  readonly size: number;
  /** Whether the file ends here: where it was expected to, or because it has become shorter. */
  readonly isLast: boolean;
}

/** Lists the blocks of a file. A file without content has one, of no bytes. */
export function* blockRequests(fileSize: number, isProbed: boolean): Generator<BlockRequest> {
  for (let position = 0; position === 0 || position < fileSize; position += BLOCK_SIZE) {
    yield { position, fileSize, isProbed };
  }
}

/**
 * Reads one block and compresses it. Reads into `memory`, of the size of a block, and writes to `output`, if it is given any. What
 * probably does not shrink is read right to where it will be stored, or close to it.
 */
export async function readBlock(
  file: Pick<ReadableFile, "read">,
  { position, fileSize, isProbed }: BlockRequest,
  codec: Codec & { readonly memory?: Uint8Array; readonly output?: Uint8Array },
): Promise<Block> {
  const expected = Math.min(BLOCK_SIZE, fileSize - position);
  const memory = isProbed && codec.output ? codec.output.subarray(STORED_OVERHEAD) : codec.memory;
  const buffer = memory?.subarray(0, expected) ?? Buffer.allocUnsafeSlow(expected);
  const size = expected > 0 ? await file.read(buffer, position) : 0;
  const content = buffer.subarray(0, size);
  const isLast = size < expected || position + expected >= fileSize;
  const checksum = crc32(content); // before the content makes room for what it becomes
  const bytes = await deflateBlock(content, { ...codec, isLast, isProbed });
  return { bytes, crc32: checksum, size, isLast };
}
