import type { Disk, DiskFile } from "../disk.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { eachConcurrently } from "./each-concurrently.ts";
import { eachContent } from "./each-content.ts";
import { withoutSlash } from "./entry-name.ts";
import type { LocatedEntry } from "./local-headers.ts";
import { countingProgress, type EntriesOptions } from "./verify-entries.ts";

const CONCURRENCY = 8;
const IMPLIED_MODE = 0o755;

export interface ExtractOptions extends EntriesOptions {
  /** Exists and is empty. */
  readonly directory: string;
  readonly disk: Disk;
  /** Whether every file and directory is synced before the promise resolves. */
  readonly durable: boolean;
}

/**
 * Writes judged entries below a directory, checking size and CRC of each. Modes lose the set-id bits and what lets others write;
 * the owner can always read and write. If anything fails it throws, and the caller removes the directory.
 */
export async function extractEntries(
  source: ArchiveSource,
  entries: readonly LocatedEntry[],
  options: ExtractOptions,
): Promise<void> {
  const directories = directoriesOf(entries);
  for (const path of directories.keys()) await options.disk.makeDirectory(`${options.directory}/${path}`);
  const count = countingProgress(options);
  await eachContent(source, { entries, signal: options.signal }, async (entry, content) => {
    if (entry.type === "directory") for await (const chunk of content) count.bytes(chunk.length);
    else await extractFile(entry, counted(content, count.bytes), options);
    count.entry();
  });
  await finishDirectories(directories, options);
}

/** Returns all directories, parents first; those that no entry names have no entry. */
function directoriesOf(entries: readonly LocatedEntry[]): Map<string, LocatedEntry | undefined> {
  const found = new Map<string, LocatedEntry | undefined>();
  for (const entry of entries) {
    const path = withoutSlash(entry.name);
    if (entry.type === "directory") found.set(path, entry);
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const parent = path.slice(0, slash);
      if (found.has(parent)) break;
      found.set(parent, undefined);
    }
  }
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function extractFile(
  entry: LocatedEntry,
  content: AsyncIterable<Uint8Array>,
  { directory, disk, durable }: ExtractOptions,
): Promise<void> {
  const file = await disk.createFile(`${directory}/${entry.name}`);
  try {
    for await (const chunk of content) await file.write(chunk);
    await file.setMode((entry.mode & 0o777 & ~0o022) | 0o600);
    await file.setModifiedAt(entry.modifiedAt);
    if (durable) await file.sync();
  } catch (error) {
    await closeAfterFailure(file);
    throw error;
  }
  await file.close();
}

/** The first error is the one to tell. */
async function closeAfterFailure(file: DiskFile): Promise<void> {
  await file.close().catch(() => {});
}

async function* counted(content: AsyncIterable<Uint8Array>, count: (size: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    count(chunk.length);
    yield chunk;
  }
}

/** Children first, since everything that happens in a directory changes its time. */
async function finishDirectories(
  directories: ReadonlyMap<string, LocatedEntry | undefined>,
  { directory, disk, durable, signal }: ExtractOptions,
): Promise<void> {
  const bottomUp = [...directories].reverse();
  await eachConcurrently(bottomUp, { limit: CONCURRENCY, signal }, async ([name, entry]) => {
    const path = `${directory}/${name}`;
    await disk.setMode(path, ((entry?.mode ?? IMPLIED_MODE) & 0o777 & ~0o022) | 0o700);
    if (entry) await disk.setModifiedAt(path, entry.modifiedAt);
    if (durable) await disk.syncDirectory(path);
  });
  if (durable) await disk.syncDirectory(directory);
}
