import type { FilesystemDriver } from "@stowage/core";
import { changeBody } from "./change-body.ts";

/** Ends every body that is read after `size` bytes, without an error: what a dying connection looks like to some clients. */
export function cutBody(driver: FilesystemDriver, { size }: { readonly size: number }): FilesystemDriver {
  return changeBody(driver, (content) => firstBytes(content, size));
}

async function* firstBytes(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void, void> {
  let left = size;
  for await (const chunk of content) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
