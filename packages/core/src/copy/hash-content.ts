import { createHash } from "node:crypto";
import type { FileInfo } from "../filesystem/driver.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";

export interface ContentHash {
  readonly info: FileInfo;
  /** SHA-256. */
  readonly digest: string;
}

interface HashedContent {
  readonly content: AsyncIterable<Uint8Array>;
  /** Of what has passed. */
  digest(): string;
}

/** Passes chunks on and takes their SHA-256. */
export function hashing(chunks: AsyncIterable<Uint8Array>, onBytes: (count: number) => void): HashedContent {
  const hash = createHash("sha256");
  async function* passed() {
    for await (const chunk of chunks) {
      hash.update(chunk);
      onBytes(chunk.length);
      yield chunk;
    }
  }
  return { content: passed(), digest: () => hash.digest("hex") };
}

/** Reads all that lies under a key. */
export async function hashOf(
  filesystem: Filesystem,
  key: string,
  { signal, onBytes = () => {} }: { readonly signal: AbortSignal; readonly onBytes?: (count: number) => void },
): Promise<ContentHash> {
  const { info, content } = await filesystem.read(key, { signal });
  const hashed = hashing(content, onBytes);
  for await (const _ of hashed.content);
  return { info, digest: hashed.digest() };
}
