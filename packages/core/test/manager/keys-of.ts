import type { Filesystem } from "../../src/index.ts";

export async function keysOf(filesystem: Filesystem): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of filesystem.list()) keys.push(key);
  return keys;
}
