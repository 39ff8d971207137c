import { StowageError } from "../errors.ts";
import { wrongSize } from "./content/content-stream.ts";
import type { FileInfo } from "./driver.ts";
import { checkedChunk } from "./driver-results.ts";

/** What to read into memory. */
export interface ReadIntoOptions {
  /** Offset of the first byte in the object. */
  readonly start: number;
  /** Called with the object's description before its bytes count. If it throws, so does the read. */
  readonly check?: ((info: FileInfo) => void) | undefined;
}

/** Throws `INVALID_ARGUMENT` unless bytes can be put there. */
export function assertMemory(memory: unknown): asserts memory is Uint8Array {
  if (memory instanceof Uint8Array) return;
  throw new StowageError("INVALID_ARGUMENT", "memory: not a Uint8Array");
}

/**
 * Fills memory with content, unless a driver has put it there already. Calls `check` behind the first chunk: a body that was never
 * asked for a chunk could not be released.
 */
export async function fillMemory(
  memory: Uint8Array,
  content: AsyncIterable<Uint8Array>,
  check: () => void,
): Promise<void> {
  let filled = 0;
  let isChecked = false;
  for await (const value of content) {
    const chunk = checkedChunk(value);
    if (!isChecked) check();
    isChecked = true;
    if (chunk.length > memory.length - filled) throw wrongSize("more than", memory.length);
    const isInPlace = chunk.buffer === memory.buffer && chunk.byteOffset === memory.byteOffset + filled;
    if (!isInPlace) memory.set(chunk, filled);
    filled += chunk.length;
  }
  if (!isChecked) check();
  if (filled < memory.length) throw wrongSize(`${filled} of`, memory.length);
}
