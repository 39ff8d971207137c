import type { ArchiveReader } from "../archive/archive-reader.ts";
import { entriesStartingWith } from "../archive/extract/entries-starting-with.ts";
import { extractEntries } from "../archive/extract/extract-entries.ts";
import type { PlacedEntry } from "../archive/judge/placed-entry.ts";
import type { JobPool } from "../concurrency/worker-pool.ts";
import type { Disk } from "../disk/disk.ts";
import { StowageError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import { type CheckOptions, canCheckDatabases, checkDatabases, isAlone } from "../snapshot/check-databases.ts";
import { makeSnapshotFolder, type SnapshotFolder, sweepSnapshots } from "../snapshot/snapshot-folder.ts";
import { isWholePages, SQLITE_HEADER } from "../snapshot/sqlite-header.ts";

/** The databases of an archive. */
export interface ArchivedDatabases {
  /** Those that SQLite can check. */
  readonly checkable: readonly PlacedEntry[];
  /** Names of those that it cannot: without a binding, or because the archive holds their log or journal too. */
  readonly unchecked: readonly string[];
}

const NONE: ArchivedDatabases = { checkable: [], unchecked: [] };

/** Finds the databases of an archive by how their content starts, as far as they are to be checked. Writes nothing. */
export async function findDatabases(
  reader: ArchiveReader,
  entries: readonly PlacedEntry[],
  options: CheckOptions,
): Promise<ArchivedDatabases> {
  const { mode, signal } = options;
  if (mode === "off") return NONE;
  const candidates = entries.filter(({ type, size }) => type === "file" && isWholePages(size));
  const databases = await entriesStartingWith(SQLITE_HEADER, { reader, entries: candidates, signal });
  if (databases.length === 0) return NONE;
  const names = new Set(entries.map(({ name }) => name));
  const canCheck = await canCheckDatabases({ ...options.helper, signal });
  const isCheckable = ({ name }: PlacedEntry) => canCheck && isAlone(name, names);
  const unchecked = databases.filter((entry) => !isCheckable(entry)).map(({ name }) => name);
  return { checkable: databases.filter(isCheckable), unchecked };
}

export interface DatabasePlaceOptions {
  readonly disk: Disk;
  readonly stateDir: string;
}

/**
 * Makes a folder that databases of an archive can be written to, which nobody else may enter. Nothing where there is no room for
 * them or nothing may be written.
 */
export async function placeForDatabases(
  databases: readonly PlacedEntry[],
  { disk, stateDir }: DatabasePlaceOptions,
): Promise<SnapshotFolder | undefined> {
  if (databases.length === 0) return undefined;
  await sweepSnapshots(disk, stateDir).catch(() => {}); // what it left is looked for again next time
  const folder = await makeSnapshotFolder(disk, stateDir).catch((error: unknown) => {
    if (error instanceof StowageError && error.code === "PERMISSION_DENIED") return undefined;
    throw error;
  });
  const size = databases.reduce((total, entry) => total + entry.size, 0);
  if (!folder || (await disk.freeSpace(folder.path)) >= size) return folder;
  await folder[Symbol.asyncDispose]();
  return undefined;
}

export interface ArchivedCheckOptions extends CheckOptions {
  readonly disk: Disk;
  readonly threads: JobPool | undefined;
  readonly onProgress: ReportProgress;
}

/**
 * Writes databases of an archive into a directory, each compared with its size and CRC, and has SQLite check them:
 * `INVALID_ARCHIVE`, `database-damaged`.
 */
export async function verifyDatabases(
  reader: ArchiveReader,
  databases: readonly PlacedEntry[],
  directory: string,
  { disk, threads, onProgress, ...options }: ArchivedCheckOptions,
): Promise<void> {
  const { signal } = options;
  await extractEntries(reader, databases, { directory, disk, signal, threads, onProgress, durable: false });
  await checkDatabases(directory, databases, options);
}
