import { eachConcurrently } from "../../concurrency/job-queue.ts";
import type { Disk } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { withoutSlash } from "../format/entry-name.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { ContentsOptions } from "./contents-options.ts";
import { type NewLink, placeLinks } from "./place-links.ts";
import { readContents } from "./read-contents.ts";

const CONCURRENCY = 8;
const IMPLIED_MODE = 0o755;

export interface ExtractOptions extends Omit<ContentsOptions, "target"> {
  /** Exists and is empty. There is no link on the way to it; one that comes meanwhile is not followed. */
  readonly directory: string;
  readonly disk: Disk;
  /** Made behind all else. */
  readonly links?: readonly NewLink[];
  /** Whether everything is durable before the promise resolves. */
  readonly durable: boolean;
}

/**
 * Writes judged entries below a directory, checking local header, size and CRC of each. Modes lose the set-id bits and what lets
 * others write; the owner can always read and write. A directory that somebody replaces by a link meanwhile leads nowhere
 * (`PERMISSION_DENIED`). If anything fails it throws, and the caller removes the directory.
 *
 * What is to be durable is so by one sync of the whole file system where that is to be trusted and takes less time, and by a sync
 * of each file and directory elsewhere.
 */
export async function extractEntries(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  { disk, directory, durable, links = [], ...options }: ExtractOptions,
): Promise<void> {
  const syncsAll = durable && (await disk.prefersFileSystemSync(directory, entries.length));
  const syncsEach = durable && !syncsAll;
  const directories = directoriesOf(entries, links);
  for (const path of directories.keys()) {
    if (options.signal.aborted) throw abortError(options.signal);
    await disk.makeDirectory(pathBelow(directory, path), { isReal: true });
  }
  await readContents(reader, entries, { ...options, target: { directory, disk, syncsFiles: syncsEach } });
  await placeLinks(links, { disk, directory, signal: options.signal });
  await finishDirectories(directories, { directory, disk, syncsEach, signal: options.signal });
  if (syncsAll) await disk.syncFileSystem(directory);
}

/** Returns all directories, parents first; those that no entry names have no entry. */
function directoriesOf(
  entries: readonly PlacedEntry[],
  links: readonly NewLink[],
): Map<string, PlacedEntry | undefined> {
  const found = new Map<string, PlacedEntry | undefined>();
  for (const entry of [...entries, ...links]) {
    const path = withoutSlash(entry.name);
    if ("type" in entry && entry.type === "directory") found.set(path, entry);
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const parent = path.slice(0, slash);
      if (found.has(parent)) break;
      found.set(parent, undefined);
    }
  }
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Children first, since everything that happens in a directory changes its time. */
async function finishDirectories(
  directories: ReadonlyMap<string, PlacedEntry | undefined>,
  {
    directory,
    disk,
    syncsEach,
    signal,
  }: Pick<ExtractOptions, "directory" | "disk" | "signal"> & { syncsEach: boolean },
): Promise<void> {
  const bottomUp = [...directories].reverse();
  await eachConcurrently(bottomUp, { limit: CONCURRENCY, signal }, async ([name, entry]) => {
    const path = pathBelow(directory, name);
    await disk.setMode(path, ((entry?.mode ?? IMPLIED_MODE) & 0o777 & ~0o022) | 0o700, { isReal: true });
    if (entry) await disk.setModifiedAt(path, entry.modifiedAt, { isReal: true });
    if (syncsEach) await disk.syncDirectory(path);
  });
  if (syncsEach) await disk.syncDirectory(directory);
}
