import { linkSignals } from "../../abort.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import { ContentLane } from "./content-lane.ts";
import type { ContentsOptions, ProgressCount } from "./contents-options.ts";
import { isSequential } from "./large-content.ts";
import { chooseExtractor } from "./worker-extractor.ts";

/**
 * Reads the contents of judged entries, several at once, each with its local header, and throws `INVALID_ARCHIVE` at the first that
 * is damaged: what was written is not to be trusted then. Large contents that can only be inflated from start to end are read
 * beside the others, one after the other. Memory does not grow with the archive.
 */
export async function readContents(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  options: ContentsOptions,
): Promise<void> {
  const sequential = entries.filter(isSequential);
  const others = sequential.length > 0 ? entries.filter((entry) => !isSequential(entry)) : entries;
  const lanes = [others, sequential].filter((lane) => lane.length > 0);
  const extractor = chooseExtractor(options);
  const count = countingProgress(options);
  using linked = linkSignals(options.signal);
  const { target } = options;
  const lane = { extractor, target, count, signal: linked.signal };
  const reading = lanes.map((entries) => new ContentLane(reader, lane).read(entries));
  await allOrFirstFailure(reading, () => linked.abort(new Error("another content cannot be read")));
}

/** Inflates every entry and compares its size and CRC. Throws `INVALID_ARCHIVE` at the first that is damaged. */
export async function verifyEntries(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  options: Omit<ContentsOptions, "target">,
): Promise<void> {
  await readContents(reader, entries, { ...options, target: undefined });
}

/** Waits for all, and throws what failed first. */
async function allOrFirstFailure(promises: readonly Promise<void>[], onFailure: () => void): Promise<void> {
  const failures: unknown[] = [];
  const noted = promises.map((promise) =>
    promise.catch((error: unknown) => {
      failures.push(error);
      onFailure();
    }),
  );
  await Promise.all(noted);
  if (failures.length > 0) throw failures[0];
}

function countingProgress({ onProgress }: ContentsOptions): ProgressCount {
  let entriesDone = 0;
  let bytesDone = 0;
  return {
    add: ({ entries, bytes }) => {
      entriesDone += entries;
      bytesDone += bytes;
      onProgress?.({ entriesDone, bytesDone });
    },
  };
}
