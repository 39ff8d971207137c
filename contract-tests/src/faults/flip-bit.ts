import type { FilesystemDriver } from "@stowage/core";
import { changeBody } from "./change-body.ts";

/** Flips the lowest bit of the byte at `offset` of every body that is read. */
export function flipBit(driver: FilesystemDriver, { offset }: { readonly offset: number }): FilesystemDriver {
  return changeBody(driver, (content) => withFlippedBit(content, offset));
}

async function* withFlippedBit(
  content: AsyncIterable<Uint8Array>,
  offset: number,
): AsyncGenerator<Uint8Array, void, void> {
  let position = 0;
  for await (const chunk of content) {
    yield offset >= position && offset < position + chunk.length ? flipped(chunk, offset - position) : chunk;
    position += chunk.length;
  }
}

function flipped(chunk: Uint8Array, index: number): Uint8Array {
  const copy = Uint8Array.from(chunk);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
