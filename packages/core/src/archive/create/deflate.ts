import { constants, deflateRaw, deflateRawSync } from "node:zlib";
import type { Awaitable } from "../../concurrency/steps.ts";

/** Below this size a call on the spot is cheaper than one through the thread pool. */
const IMMEDIATE_SIZE = 16 * 1024;

export interface DeflateOptions {
  /** zlib's level, 0–9. */
  readonly level: number;
  /** Whether the deflate stream ends here. Otherwise it ends at a byte boundary and the next block may follow. */
  readonly isLast: boolean;
}

/** The codec: deflates bytes (RFC 1951). Everything above it only decides what to hand to it. */
export type Deflate = (bytes: Uint8Array, options: DeflateOptions) => Awaitable<Uint8Array>;

/** Deflates at once, in the calling thread, which can do nothing else meanwhile. */
export function deflateHere(bytes: Uint8Array, options: DeflateOptions): Uint8Array {
  return deflateRawSync(bytes, zlibOptions(bytes, options));
}

/** Deflates in Node's thread pool, unless that would take longer. The bytes are the same. */
export const deflateOnPool: Deflate = (bytes, options) => {
  if (bytes.length <= IMMEDIATE_SIZE) return deflateHere(bytes, options);
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, zlibOptions(bytes, options), (error, deflated) => (error ? reject(error) : resolve(deflated)));
  });
};

/**
 * zlib's largest tables make it a sixth faster on large blocks than its default, with the same size. A chunk takes all of the
 * output, which then need not be put together from several.
 */
function zlibOptions(bytes: Uint8Array, { level, isLast }: DeflateOptions) {
  const finishFlush = isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  return { level, finishFlush, memLevel: 9, chunkSize: bytes.length + (bytes.length >> 8) + 64 };
}
