import { closeSync, openSync, readSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { differenceOf, type FileRecord, type Manifest } from "../datasets/manifest.ts";
import { filesBelow } from "./clients/files-below.ts";

const CHUNK_SIZE = 1_024 * 1_024;
const OWNER = 0o700;

/** Says how a restored tree differs from the dataset in names, sizes, contents and, if asked for, what the owner may do. */
export async function treeDifference(
  directory: string,
  manifest: Manifest,
  { keepsModes, signal }: { keepsModes: boolean; signal: AbortSignal },
): Promise<string | undefined> {
  const files: FileRecord[] = [];
  const buffer = Buffer.alloc(CHUNK_SIZE);
  for (const { path, name } of await filesBelow(directory)) {
    const { mode, size } = await lstat(path);
    files.push({ name, size, mode: mode & 0o777, crc32: await crc32Of(path, { buffer, signal }) });
  }
  return differenceOf(manifest, files, (expected, actual) => {
    const isSameMode = !keepsModes || (expected.mode & OWNER) === (actual.mode & OWNER);
    return isSameMode && expected.size === actual.size && expected.crc32 === actual.crc32;
  });
}

/** Synchronous reads, because there are many and nothing else is to do; signals get in between. */
async function crc32Of(path: string, { buffer, signal }: { buffer: Buffer; signal: AbortSignal }): Promise<number> {
  const file = openSync(path, "r");
  try {
    for (let sum = 0; ; ) {
      const size = readSync(file, buffer);
      if (size > 0) sum = crc32(buffer.subarray(0, size), sum);
      if (size < buffer.length) return sum;
      await setImmediate();
      signal.throwIfAborted();
    }
  } finally {
    closeSync(file);
  }
}
