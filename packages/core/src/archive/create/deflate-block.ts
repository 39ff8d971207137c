import { type Awaitable, isLater, type Steps, step, take } from "../../concurrency/steps.ts";
import { STORED_SIZE_MAX, storedBlocksSize } from "../format/block-size.ts";
import type { Deflate, DeflateOptions } from "./deflate.ts";

/** A probe looks at this many bytes, in as many samples, from all over the content: media often has a part that shrinks. */
const PROBE_SIZE = 4 * 1024;
const PROBE_SAMPLES = 4;
/** Content below this size is deflated without a probe, which would cost more than it saves. */
const PROBED_SIZE = 32 * 1024;
/** A probe that saves less than a 32nd says that the rest will not deflate either. */
const PROBE_SAVING = PROBE_SIZE / 32;

/** How to deflate. */
export interface Codec {
  /** zlib's level, 0–9. */
  readonly level: number;
  readonly deflate: Deflate;
}

export interface BlockOptions extends DeflateOptions, Codec {
  /** Whether to look at a sample first. */
  readonly isProbed: boolean;
  /** Memory for the result, if it fits there. */
  readonly output?: Uint8Array;
}

/**
 * Compresses a block on its own, so that blocks can be compressed at once and put together. A block that deflate would not
 * shrink comes back as stored blocks of the deflate format (RFC 1951, 3.2.4), five bytes larger for each 64 KiB.
 */
export async function deflateBlock(bytes: Uint8Array, options: BlockOptions): Promise<Uint8Array> {
  const { isProbed, deflate, level, isLast, output } = options;
  const stored = storedBlocksSize(bytes.length);
  const isHopeless = isProbed && !(await seemsCompressible(bytes, options));
  if (isHopeless) return storedBlocks(bytes, options);
  const deflated =
    isLast || !isZeros(bytes) ? await deflate(bytes, { level, isLast }) : await deflateZeros(bytes, options);
  if (deflated.length > stored && bytes.length > 0) return storedBlocks(bytes, options);
  if (!output || output.length < deflated.length) return deflated;
  output.set(deflated);
  return output.subarray(0, deflated.length);
}

/** Zeros of the length that came last, deflated. */
let zeros: { readonly level: number; readonly size: number; readonly deflated: Uint8Array } | undefined;

/** A hole of a sparse file has thousands of such blocks, which are the same bytes each time. The result is the caller's own. */
async function deflateZeros(bytes: Uint8Array, { deflate, level }: Codec): Promise<Uint8Array> {
  if (zeros?.level !== level || zeros.size !== bytes.length) {
    zeros = { level, size: bytes.length, deflated: Uint8Array.from(await deflate(bytes, { level, isLast: false })) };
  }
  return Uint8Array.from(zeros.deflated);
}

/** Nearly every other block is told by its first byte. */
function isZeros(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0) return false;
  const { length } = bytes;
  return bufferOn(bytes, length)
    .subarray(1)
    .equals(bytes.subarray(0, length - 1));
}

/** Compresses the content of a small file. Nothing if it is better stored. */
export function deflateWhole(bytes: Uint8Array, options: Codec): Awaitable<Uint8Array | undefined> {
  if (bytes.length === 0) return undefined;
  return bytes.length >= PROBED_SIZE ? take(deflateIfItShrinks(bytes, options)) : deflateKeepingSmaller(bytes, options);
}

function deflateKeepingSmaller(bytes: Uint8Array, { deflate, level }: Codec): Awaitable<Uint8Array | undefined> {
  const ifSmaller = (deflated: Uint8Array) => (deflated.length < bytes.length ? deflated : undefined);
  const deflating = deflate(bytes, { level, isLast: true });
  return isLater(deflating) ? deflating.then(ifSmaller) : ifSmaller(deflating);
}

function* deflateIfItShrinks(bytes: Uint8Array, options: Codec): Steps<Uint8Array | undefined> {
  return (yield* shrinks(bytes, options)) ? yield* step(deflateKeepingSmaller(bytes, options)) : undefined;
}

/** Says whether a sample of the content shrinks. */
export async function seemsCompressible(bytes: Uint8Array, codec: Codec): Promise<boolean> {
  return take(shrinks(bytes, codec));
}

function* shrinks(bytes: Uint8Array, { level, deflate }: Codec): Steps<boolean> {
  if (bytes.length < PROBE_SIZE) return true;
  const sample = sampleOf(bytes);
  const deflated = yield* step(deflate(sample, { level, isLast: true }));
  return deflated.length <= PROBE_SIZE - PROBE_SAVING;
}

function sampleOf(bytes: Uint8Array): Uint8Array {
  const sample = new Uint8Array(PROBE_SIZE);
  const size = PROBE_SIZE / PROBE_SAMPLES;
  for (let index = 0; index < PROBE_SAMPLES; index++) {
    const start = Math.floor(((bytes.length - size) * (index + 0.5)) / PROBE_SAMPLES);
    sample.set(bytes.subarray(start, start + size), index * size);
  }
  return sample;
}

/** Writes to `output` if that is large enough. There the content may lie already, at least so far behind the start as it grows by. */
function storedBlocks(bytes: Uint8Array, { isLast, output: memory }: BlockOptions): Uint8Array {
  const size = storedBlocksSize(bytes.length);
  const output = memory && memory.length >= size ? bufferOn(memory, size) : Buffer.allocUnsafe(size);
  let position = 0;
  for (let start = 0; start < bytes.length; start += STORED_SIZE_MAX) {
    const stored = bytes.subarray(start, start + STORED_SIZE_MAX);
    const endsStream = isLast && start + STORED_SIZE_MAX >= bytes.length;
    position = output.writeUInt8(endsStream ? 1 : 0, position);
    position = output.writeUInt16LE(stored.length, position);
    position = output.writeUInt16LE(stored.length ^ 0xffff, position);
    output.set(stored, position);
    position += stored.length;
  }
  return output;
}

function bufferOn({ buffer, byteOffset }: Uint8Array, size: number): Buffer {
  return Buffer.from(buffer, byteOffset, size);
}
