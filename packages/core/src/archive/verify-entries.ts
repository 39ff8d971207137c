import type { ArchiveSource } from "./archive-source.ts";
import { eachContent } from "./each-content.ts";
import type { LocatedEntry } from "./local-headers.ts";

/** How far a walk over entries has come. */
export interface EntriesProgress {
  readonly entriesDone: number;
  /** Bytes of content, inflated. */
  readonly bytesDone: number;
}

export interface EntriesOptions {
  readonly signal: AbortSignal;
  onProgress?(progress: EntriesProgress): void;
}

/** Inflates every entry and compares its size and CRC. Throws `INVALID_ARCHIVE` at the first that is damaged. */
export async function verifyEntries(
  source: ArchiveSource,
  entries: readonly LocatedEntry[],
  options: EntriesOptions,
): Promise<void> {
  const count = countingProgress(options);
  await eachContent(source, { entries, signal: options.signal }, async (_entry, content) => {
    for await (const chunk of content) count.bytes(chunk.length);
    count.entry();
  });
}

/** Counts bytes and entries, and reports each change. */
export function countingProgress({ onProgress }: EntriesOptions): { bytes(size: number): void; entry(): void } {
  let entriesDone = 0;
  let bytesDone = 0;
  return {
    bytes: (size) => {
      bytesDone += size;
      onProgress?.({ entriesDone, bytesDone });
    },
    entry: () => {
      entriesDone += 1;
      onProgress?.({ entriesDone, bytesDone });
    },
  };
}
