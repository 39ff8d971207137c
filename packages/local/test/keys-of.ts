import type { Filesystem } from "@stowage/core";

/** Lists all keys. */
export async function keysOf(filesystem: Filesystem): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of filesystem.list()) keys.push(key);
  return keys;
}
