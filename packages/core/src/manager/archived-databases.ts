import type { ArchiveSource } from "../archive/archive-source.ts";
import { entriesStartingWith } from "../archive/entries-starting-with.ts";
import { extractEntries } from "../archive/extract-entries.ts";
import type { PlacedEntry } from "../archive/placed-entry.ts";
import type { WorkerPool } from "../archive/worker-pool.ts";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import { type CheckOptions, canCheckDatabases, checkDatabases, isAlone } from "../snapshot/check-databases.ts";
import { makeSnapshotFolder, sweepSnapshots } from "../snapshot/snapshot-folder.ts";
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
  source: ArchiveSource,
  entries: readonly PlacedEntry[],
  options: CheckOptions,
): Promise<ArchivedDatabases> {
  const { mode, signal } = options;
  if (mode === "off") return NONE;
  const candidates = entries.filter(({ type, size }) => type === "file" && isWholePages(size));
  const databases = await entriesStartingWith(SQLITE_HEADER, { source, entries: candidates, signal });
  if (databases.length === 0) return NONE;
  const names = new Set(entries.map(({ name }) => name));
  const canCheck = await canCheckDatabases({ ...options.helper, signal });
  const isCheckable = ({ name }: PlacedEntry) => canCheck && isAlone(name, names);
  const unchecked = databases.filter((entry) => !isCheckable(entry)).map(({ name }) => name);
  return { checkable: databases.filter(isCheckable), unchecked };
}

export interface ArchivedCheckOptions extends CheckOptions {
  readonly disk: Disk;
  /** Where the databases are written meanwhile, in a folder of their own that nobody else may enter. */
  readonly stateDir: string;
  readonly threads: WorkerPool | undefined;
  readonly onProgress: ReportProgress;
}

/**
 * Writes databases of an archive to the disk, each compared with its size and CRC, and has SQLite check them: `INVALID_ARCHIVE`,
 * `database-damaged`. Removes them again, whatever happens. `NO_SPACE` before anything is written that would not fit.
 */
export async function verifyDatabases(
  source: ArchiveSource,
  databases: readonly PlacedEntry[],
  { disk, stateDir, threads, onProgress, ...options }: ArchivedCheckOptions,
): Promise<void> {
  if (databases.length === 0) return;
  await sweepSnapshots(disk, stateDir).catch(() => {}); // what it left is looked for again next time
  await using folder = await makeSnapshotFolder(disk, stateDir);
  const directory = folder.path;
  await assertRoom(disk, directory, databases);
  const { signal } = options;
  await extractEntries(source, databases, { directory, disk, signal, threads, onProgress, durable: false });
  await checkDatabases(directory, databases, options);
}

async function assertRoom(disk: Disk, directory: string, databases: readonly PlacedEntry[]): Promise<void> {
  const size = databases.reduce((total, entry) => total + entry.size, 0);
  const free = await disk.freeSpace(directory);
  if (free >= size) return;
  const message = `the databases of the archive take ${size} bytes while they are checked, and ${free} are free at ${directory}; stateDir can lie elsewhere, and checkDatabases: "off" leaves them out of it`;
  throw new StowageError("NO_SPACE", message);
}
