import { inOrder } from "../../concurrency/in-order.ts";
import { deflatedSizeBound } from "../format/block-size.ts";
import { BlockTableWriter } from "../format/block-table.ts";
import { combineCrc32 } from "../format/combine-crc32.ts";
import { encodeDescriptor } from "../format/data-descriptor.ts";
import { encodeLocalHeader, type NewEntry, UINT32_MAX } from "../format/local-header.ts";
import type { Compressor } from "./compressor.ts";
import { deflateOnPool } from "./deflate.ts";
import { seemsCompressible } from "./deflate-block.ts";
import { changeOf, type FileChange } from "./file-change.ts";
import { modifiedAtOf } from "./modified-at.ts";
import type { FileToBackUp } from "./open-file-to-back-up.ts";
import { type BlockRequest, blockRequests } from "./read-block.ts";

export interface StreamOptions {
  readonly name: string;
  readonly level: number;
  readonly compressor: Compressor;
  readonly signal: AbortSignal;
  /** Called with the bytes of each block that was read. */
  onBlock(size: number): void;
}

/**
 * Yields a file of any size as an entry: local header, blocks that are deflated several at once, descriptor. Always deflate, also
 * for what does not shrink, because a stored entry whose size is not known before cannot be read from a stream. Returns the entry
 * and whether the file changed meanwhile; the entry is well-formed even then, so that it may stay behind without being listed.
 */
export async function* streamLargeFile(
  opened: FileToBackUp,
  options: StreamOptions,
): AsyncGenerator<Uint8Array, { entry: NewEntry; change: FileChange }> {
  const planned = plan(opened, options.name);
  yield encodeLocalHeader(planned);
  const isProbed = !(await middleSeemsCompressible(opened, options.level));
  const facts = { crc32: 0, compressedSize: 0, size: 0 };
  const table = new BlockTableWriter();
  const { compressor, signal } = options;
  const blocks = inOrder(blockRequests(opened.opened.size, isProbed), {
    run: (request: BlockRequest) => compressor.block(opened.file, request),
    weigh: () => 1,
    limit: compressor.jobsAhead,
    signal,
  });
  for await (const block of blocks) {
    facts.crc32 = combineCrc32(facts.crc32, block.crc32, block.size);
    facts.size += block.size;
    facts.compressedSize += block.bytes.length;
    table.add(block.bytes.length);
    options.onBlock(block.size);
    yield block.bytes;
    compressor.recycle(block.bytes);
    if (block.isLast) break;
  }
  yield encodeDescriptor(facts, planned.isZip64);
  const change = changeOf(opened.opened, facts.size, await opened.file.stat());
  return { entry: { ...planned, ...facts, blockTable: table.encode() }, change };
}

function plan({ opened }: FileToBackUp, name: string): NewEntry {
  const isZip64 = deflatedSizeBound(opened.size) >= UINT32_MAX;
  const { mode } = opened;
  const modifiedAt = modifiedAtOf(opened);
  return { name, method: 8, hasDescriptor: true, isZip64, crc32: 0, compressedSize: 0, size: 0, mode, modifiedAt };
}

/** Where the middle of a file does not shrink, each block is probed before it is deflated: media often has a header that shrinks. */
async function middleSeemsCompressible({ file, opened }: FileToBackUp, level: number): Promise<boolean> {
  const sample = Buffer.alloc(16 * 1024);
  const size = await file.read(sample, Math.floor(opened.size / 2));
  return seemsCompressible(sample.subarray(0, size), { level, deflate: deflateOnPool });
}
