import type { Disk } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { abortError } from "../../errors.ts";
import type { ArchiveReader } from "../archive-reader.ts";
import { withoutSlash } from "../format/entry-name.ts";
import type { Owner } from "../format/owner.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { ContentsOptions } from "./contents-options.ts";
import { finishDirectories } from "./finish-directories.ts";
import { type NewLink, placeLinks } from "./place-links.ts";
import { readContents } from "./read-contents.ts";
import { Refusals } from "./refusals.ts";

export interface ExtractOptions extends Omit<ContentsOptions, "target"> {
  /** Exists and is empty. There is no link on the way to it; one that comes meanwhile is not followed. */
  readonly directory: string;
  readonly disk: Disk;
  /** Made behind all else. */
  readonly links?: readonly NewLink[];
  /** Who is to own what, by name without a slash at the end, where it is not who makes it. */
  readonly owners?: ReadonlyMap<string, Owner>;
  /** Is told what the file system does not keep. */
  readonly refusals?: Refusals;
  /** Whether everything is durable before the promise resolves. */
  readonly durable: boolean;
}

/**
 * Writes judged entries below a directory, checking local header, size and CRC of each. Modes, times and owners are set as far as
 * the file system keeps them. A directory that somebody replaces by a link meanwhile leads nowhere
 * (`PERMISSION_DENIED`). If anything fails it throws, and the caller removes the directory.
 *
 * What is to be durable is so by one sync of the whole file system where that is to be trusted and takes less time, and by a sync
 * of each file and directory elsewhere.
 */
export async function extractEntries(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  { disk, directory, durable, links = [], owners = new Map(), refusals = new Refusals(), ...options }: ExtractOptions,
): Promise<void> {
  const syncsAll = durable && (await disk.prefersFileSystemSync(directory, entries.length));
  const syncsEach = durable && !syncsAll;
  const directories = directoriesOf(entries, links);
  for (const path of directories.keys()) {
    if (options.signal.aborted) throw abortError(options.signal);
    await disk.makeDirectory(pathBelow(directory, path), { isReal: true });
  }
  const place = { disk, directory, signal: options.signal, owners, refusals };
  await readContents(reader, withOwners(entries, owners), { ...options, target: { ...place, syncsFiles: syncsEach } });
  await placeLinks(links, place);
  await finishDirectories(directories, { ...place, syncsEach });
  if (syncsAll) await disk.syncFileSystem(directory);
}

/** The archive says who owned them, which is not who is to own them. */
function withOwners(entries: readonly PlacedEntry[], owners: ReadonlyMap<string, Owner>): readonly PlacedEntry[] {
  if (owners.size === 0 && entries.every(({ owner }) => owner === undefined)) return entries;
  return entries.map((entry) => ({ ...entry, owner: owners.get(entry.name) }));
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
