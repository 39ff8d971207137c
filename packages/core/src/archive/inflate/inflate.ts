import { promisify } from "node:util";
import { type InflateRaw, inflateRaw, inflateRawSync } from "node:zlib";
import type { ArchiveEntry } from "../format/central-header.ts";
import { invalidArchive } from "../format/invalid-archive.ts";

/** Up to this size a call on the spot is cheaper than one through the thread pool. */
const IMMEDIATE_SIZE = 32 * 1024;

interface Inflated {
  readonly bytes: Uint8Array;
  /** Bytes of the deflated data, which may end before its memory does. */
  readonly consumed: number;
}

/** The codec: inflates bytes (RFC 1951) to at most `sizeMax` and one more, at which it throws. */
export type Inflate = (deflated: Uint8Array, sizeMax: number) => Promise<Inflated>;

/** Inflates in the calling thread, which can do nothing else meanwhile. */
export const inflateHere: Inflate = async (deflated, sizeMax) => {
  return inflated(inflateRawSync(deflated, zlibOptions(sizeMax)));
};

/** Inflates in Node's thread pool, unless that would take longer. */
export const inflateOnPool: Inflate = async (deflated, sizeMax) => {
  if (sizeMax <= IMMEDIATE_SIZE) return inflateHere(deflated, sizeMax);
  return inflated(await promisify(inflateRaw)(deflated, zlibOptions(sizeMax)));
};

/** Translates an error of zlib. Any other one is passed on. */
export function inflateError(error: unknown, { name, size }: Pick<ArchiveEntry, "name" | "size">): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return invalidArchive("content-size", `${JSON.stringify(name)} has more than ${size} bytes`, { cause: error });
  }
  if (code !== "Z_DATA_ERROR" && code !== "Z_BUF_ERROR" && code !== "Z_NEED_DICT") return error;
  return invalidArchive("content-deflate", `${JSON.stringify(name)} is not valid deflated data`, { cause: error });
}

/** A chunk takes all of the output, which then need not be put together from several. */
function zlibOptions(sizeMax: number) {
  return { info: true, maxOutputLength: sizeMax + 1, chunkSize: Math.max(64, sizeMax + 1) };
}

/** With `info`, which its types do not know, Node hands out the engine too, which counts the bytes that it took. */
function inflated(result: unknown): Inflated {
  const { buffer, engine } = result as { buffer: Buffer; engine: InflateRaw };
  return { bytes: buffer, consumed: engine.bytesWritten };
}
