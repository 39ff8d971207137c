import { StowageError } from "../errors.ts";
import type { FileInfo } from "../filesystem/driver.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { type ArchiveSource, NEAR_RANGE_SIZE } from "./archive-source.ts";

/** A request to a service takes some time before its first byte, and storage classes may charge for each. */
const FAR_RANGE_SIZE = 8 * 1024 * 1024;

/**
 * Reads an archive where it lies, by ranges, without a local copy. All ranges are of the version that was there
 * first: `SOURCE_CHANGED` if the object was replaced in between.
 */
export async function objectSource(
  filesystem: Filesystem,
  key: string,
  options: { signal: AbortSignal },
): Promise<ArchiveSource & { readonly info: FileInfo }> {
  const { signal } = options;
  const first = await filesystem.stat(key, { signal });
  const open = async (start: number, end: number) => {
    const { info, content } = await filesystem.read(key, { start, end, signal });
    if (isSameVersion(first, info)) return content;
    content.destroy();
    throw new StowageError("SOURCE_CHANGED", `${key} was replaced while it was read`, { key });
  };
  return {
    info: first,
    size: first.size,
    rangeSize: filesystem.directory === undefined ? FAR_RANGE_SIZE : NEAR_RANGE_SIZE,
    read: async (start, end, memory = Buffer.allocUnsafeSlow(end - start)) => {
      return start === end ? new Uint8Array(0) : gather(await open(start, end), memory);
    },
    async *stream(start, end) {
      if (start < end) yield* await open(start, end);
    },
  };
}

function isSameVersion(left: FileInfo, right: FileInfo): boolean {
  if (left.etag !== undefined && right.etag !== undefined) return left.etag === right.etag;
  return left.size === right.size && left.modifiedAt.getTime() === right.modifiedAt.getTime();
}

/** Copies chunk by chunk into memory of the right size, so that no more than that is held. */
async function gather(content: AsyncIterable<Uint8Array>, memory: Buffer): Promise<Buffer> {
  let filled = 0;
  for await (const chunk of content) {
    memory.set(chunk, filled);
    filled += chunk.length;
  }
  return memory;
}
