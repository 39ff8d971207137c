import { StowageError } from "../errors.ts";
import type { FileInfo } from "../filesystem/driver.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { isSameVersion } from "../filesystem/is-same-version.ts";
import { type ArchiveReader, NEAR, type Ranges } from "./archive-reader.ts";

/** A request to a service takes some time before its first byte, and storage classes may charge for each. */
const FAR: Ranges = { size: 8 * 1024 * 1024, ahead: 4 };

/**
 * Reads an archive where it lies, by ranges, without a local copy. All ranges are of the version that was there
 * first: `SOURCE_CHANGED` if the object was replaced in between.
 */
export async function objectReader(
  filesystem: Filesystem,
  key: string,
  options: { signal: AbortSignal },
): Promise<ArchiveReader & { readonly info: FileInfo }> {
  const { signal } = options;
  const first = await filesystem.stat(key, { signal });
  const assertSame = (info: FileInfo) => {
    if (isSameVersion(first, info)) return;
    throw new StowageError("SOURCE_CHANGED", `${key} was replaced while it was read`, { key });
  };
  return {
    info: first,
    size: first.size,
    ranges: filesystem.directory === undefined ? FAR : NEAR,
    read: async (start, end, memory = Buffer.allocUnsafeSlow(end - start)) => {
      if (start < end) await filesystem.readInto(memory, key, { start, signal, check: assertSame });
      return memory;
    },
    async *stream(start, end) {
      if (start === end) return;
      const { info, content } = await filesystem.read(key, { start, end, signal });
      try {
        assertSame(info);
        yield* content;
      } finally {
        content.destroy();
      }
    },
  };
}
