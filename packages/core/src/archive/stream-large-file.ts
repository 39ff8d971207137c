import { crc32 } from "node:zlib";
import { encodeDescriptor } from "./data-descriptor.ts";
import { BLOCK_SIZE, deflateBlock, deflatedSizeBound, seemsCompressible } from "./deflate-block.ts";
import { inOrder } from "./in-order.ts";
import { encodeLocalHeader, type NewEntry, UINT32_MAX } from "./local-header.ts";
import type { OpenedSource } from "./open-source.ts";
import { type SourceChange, sourceChange } from "./source-change.ts";

export interface StreamOptions {
  readonly name: string;
  readonly level: number;
  /** Blocks that are compressed at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Called with the bytes of each block that was read. */
  onBlock(size: number): void;
}

interface Block {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/**
 * Yields a file of any size as an entry: local header, blocks that are deflated several at once, descriptor. Always deflate, also
 * for what does not shrink, because a stored entry whose size is not known before cannot be read from a stream. Returns the entry
 * and whether the file changed meanwhile; the entry is well-formed even then, so that it may stay behind without being listed.
 */
export async function* streamLargeFile(
  source: OpenedSource,
  options: StreamOptions,
): AsyncGenerator<Uint8Array, { entry: NewEntry; change: SourceChange }> {
  const planned = plan(source, options.name);
  yield encodeLocalHeader(planned);
  const isProbed = !(await middleSeemsCompressible(source, options.level));
  const facts = { crc32: 0, compressedSize: 0, size: 0 };
  const blocks = inOrder(readBlocks(source), {
    run: async ({ bytes, isLast }: Block) => ({
      bytes,
      deflated: await deflateBlock(bytes, { ...options, isLast, isProbed }),
    }),
    weigh: () => 1,
    limit: options.concurrency,
    signal: options.signal,
  });
  for await (const { bytes, deflated } of blocks) {
    facts.crc32 = crc32(bytes, facts.crc32);
    facts.size += bytes.length;
    facts.compressedSize += deflated.length;
    options.onBlock(bytes.length);
    yield deflated;
  }
  yield encodeDescriptor(facts, planned.isZip64);
  const change = sourceChange(source.opened, facts.size, await source.file.stat());
  return { entry: { ...planned, ...facts }, change };
}

function plan({ opened }: OpenedSource, name: string): NewEntry {
  const isZip64 = deflatedSizeBound(opened.size) >= UINT32_MAX;
  const { mode, mtime: modifiedAt } = opened;
  return { name, method: 8, hasDescriptor: true, isZip64, crc32: 0, compressedSize: 0, size: 0, mode, modifiedAt };
}

/** Where the middle of a file does not shrink, each block is probed before it is deflated: media often has a header that shrinks. */
async function middleSeemsCompressible({ file, opened }: OpenedSource, level: number): Promise<boolean> {
  const sample = Buffer.alloc(16 * 1024);
  const size = await file.read(sample, Math.floor(opened.size / 2));
  return seemsCompressible(sample.subarray(0, size), level);
}

/** Reads up to the size that the file was opened with, however it grows. The block before an early end is the last. */
async function* readBlocks({ file, opened }: OpenedSource): AsyncGenerator<Block> {
  for (let position = 0; ; position += BLOCK_SIZE) {
    const expected = Math.min(BLOCK_SIZE, opened.size - position);
    const bytes = Buffer.allocUnsafeSlow(expected);
    const size = expected > 0 ? await file.read(bytes, position) : 0;
    const isLast = size < expected || position + expected >= opened.size;
    yield { bytes: bytes.subarray(0, size), isLast };
    if (isLast) return;
  }
}
