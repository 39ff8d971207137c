import { type ArchiveSource, bufferSource } from "./archive-source.ts";
import { eachConcurrently } from "./each-concurrently.ts";
import { inOrder } from "./in-order.ts";
import type { LocatedEntry } from "./local-headers.ts";
import { readEntry } from "./read-entry.ts";

const GROUP_SIZE = 4 * 1024 * 1024;
const GAP_MAX = 256 * 1024;
const GROUPS_AHEAD = 2;
const CONCURRENCY = 4;

type Visit = (entry: LocatedEntry, content: AsyncIterable<Uint8Array>) => Promise<void>;

/** Neighbouring entries whose contents are read at once, or one large entry. */
interface Group {
  readonly entries: LocatedEntry[];
  readonly start: number;
  end: number;
}

/**
 * Calls `visit` with the content of every entry, of several entries at once. Small neighbours share one read of at most 4 MiB, and
 * the next one is under way meanwhile; a larger content is streamed. Memory does not grow with the archive.
 */
export async function eachContent(
  source: ArchiveSource,
  { entries, signal }: { entries: readonly LocatedEntry[]; signal: AbortSignal },
  visit: Visit,
): Promise<void> {
  const loaded = inOrder(groups(entries), {
    run: async (group) => ({ group, source: await load(source, group) }),
    weigh: () => 1,
    limit: GROUPS_AHEAD,
    signal,
  });
  for await (const { group, source: near } of loaded) {
    await eachConcurrently(group.entries, { limit: CONCURRENCY, signal }, (entry) =>
      visit(entry, readEntry(near, entry, { signal })),
    );
  }
}

async function load(source: ArchiveSource, { start, end }: Group): Promise<ArchiveSource> {
  if (end - start > GROUP_SIZE) return source;
  return bufferSource(await source.read(start, end), start);
}

function* groups(entries: readonly LocatedEntry[]): Generator<Group> {
  let group: Group | undefined;
  for (const entry of entries.toSorted((left, right) => left.dataOffset - right.dataOffset)) {
    const end = entry.dataOffset + entry.compressedSize;
    const isNear = group && entry.dataOffset - group.end <= GAP_MAX && end - group.start <= GROUP_SIZE;
    if (group && isNear) {
      group.entries.push(entry);
      group.end = end;
      continue;
    }
    if (group) yield group;
    group = { entries: [entry], start: entry.dataOffset, end };
  }
  if (group) yield group;
}
