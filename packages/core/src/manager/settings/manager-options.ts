import type { OnChanged } from "../../archive/create/file-change.ts";
import type { NamePolicy } from "../../archive/format/normalized-name.ts";
import type { ArchiveLimits } from "../../archive/judge/judge-archive.ts";
import type { SkippedEntry } from "../../archive/skipped-entry.ts";
import type { Disk } from "../../disk/disk.ts";
import type { FileInfo } from "../../filesystem/driver.ts";
import type { LockMode } from "../../lock/lock-settings.ts";
import type { LinkPolicy } from "../../restore/choose-links.ts";
import type { OwnerPolicy } from "../../restore/choose-owners.ts";
import type { DatabaseCheck } from "../../snapshot/check-databases.ts";
import type { DatabasesOption } from "../../snapshot/databases-option.ts";
import type { BackupHooks } from "../operations/backup-hooks.ts";
import type { FilesystemSource } from "./backups-filesystem.ts";
import type { MountPolicy } from "./plan-mounts.ts";

export interface BackupManagerOptions {
  /** The directory to back up and to restore into. */
  readonly dataDir: string;
  /** Where the archives are kept. A function is called with the first operation, and again if it failed. */
  readonly filesystem: FilesystemSource;
  /** Globs (picomatch), relative to `dataDir`, of what a backup leaves out and a restore leaves alone. */
  readonly exclude?: readonly string[];
  /** Files that an archive must hold to be restored, such as "data.db". The first is moved first out and last in. */
  readonly requiredFiles?: readonly string[];
  /** What an archive may hold. `maxTotalSize` and `maxFileSize` are bytes. When the first is left out, the free space is a limit (`NO_SPACE`). */
  readonly limits?: Partial<ArchiveLimits>;
  /** Which lock keeps other processes and hosts out. Default "auto": the storage's, if it can hold one. */
  readonly lock?: LockMode;
  /** How long the lock of a process that vanished on another host is believed, in milliseconds. Default 15,000. */
  readonly lockTtlMs?: number;
  /** The start of generated names. Default "pb_backup_". */
  readonly namePrefix?: string;
  /** What to do with files that cannot be read, or whose name no archive can hold. Default "fail". */
  readonly onUnreadable?: "fail" | "skip";
  /** Whether `create` makes a backup of a data directory without any file. Default false: `SOURCE_EMPTY`. */
  readonly allowEmpty?: boolean;
  /**
   * What becomes of a file that is no database and changes each time it is read. Default "fail": `SOURCE_CHANGED`. "keep" takes what
   * was read last, of which parts may be older than others; "skip" leaves it out. Each is a warning, "changed" or "unstable".
   */
  readonly onChanged?: OnChanged;
  /** How hard archives are compressed: zlib's level, 0–9. Default 1. */
  readonly level?: number;
  /**
   * Threads that compress while a backup is created, and inflate while one is read, each with some 20 MB of memory. Default: as
   * many as there are processors, at most four. 1 leaves more of the machine to the application; 0 takes Node's own thread pool.
   */
  readonly workers?: number;
  /**
   * What a restore does about mounts below `dataDir` that are not excluded. Default "refuse": `MOUNT_IN_DATA_DIR` before anything
   * is touched. "keep" leaves them and all in them alone, and skips entries of the archive that would go there. "roots" replaces
   * their content too, each staged and swapped on its own volume under the one journal; the mounts themselves stay.
   */
  readonly mounts?: MountPolicy;
  /**
   * What becomes of symbolic links. Default "inside": a backup holds each, and a restore makes those that lead to something inside
   * `dataDir` or that stand there already exactly so; of the others what stands there stays, and the report names them. "all" makes
   * them all: only for archives that nobody else can have written. "none" leaves links out of backups, and makes none.
   */
  readonly links?: LinkPolicy;
  /**
   * How names in archives of other programs are taken. Default "strict": as they are, and those that are not safe are refused. "lenient"
   * takes backslashes of Windows for slashes, and leaves out "/" at the start and the carriage return of the Finder's `Icon\r`.
   */
  readonly names?: NamePolicy;
  /**
   * Who owns what a restore makes, if the process is root. Default "keep": whoever owned what is replaced, else whom an archive of ours
   * names, else whoever owns the directory around it. "none": root.
   */
  readonly owners?: OwnerPolicy;
  /**
   * How SQLite databases in `dataDir` are backed up. Default "auto": each in one consistent state, while the application goes on
   * writing, by Node 22.16 or newer or by better-sqlite3. `{ "app.db": connection }` copies by `connection.backup(path)`; "copy"
   * takes the files as they are, with a warning each.
   */
  readonly databases?: DatabasesOption;
  /** Where the history is kept, and copies of databases lie while a backup is written, or verified. Default `.stowage` in `dataDir`. */
  readonly stateDir?: string;
  /**
   * Whether what operations did and how they ended is kept in `history.jsonl` in `stateDir`, for other processes and for later ones. Default:
   * if `stateDir` is given, so that nothing is written among the data unasked.
   */
  readonly history?: boolean;
  /**
   * How the databases of an archive are checked by `verify`, and before a restore replaces anything: "quick" (default) by SQLite's
   * quick_check, "full" by its integrity_check, "off". One that is damaged is `INVALID_ARCHIVE`; without SQLite there is a warning.
   */
  readonly checkDatabases?: DatabaseCheck;
  readonly hooks?: BackupHooks;
  /** The disk that holds `dataDir`. For tests that inject faults. */
  readonly disk?: Disk;
}

/** A backup, as `list` shows it. */
export type BackupInfo = Pick<FileInfo, "key" | "size" | "modifiedAt">;

/** What a restore did. */
export interface RestoreReport extends ArchiveReport {
  /**
   * What did not come along, too: what the archive says that it left out, and what was left alone because of that or because its
   * name is not UTF-8 (`name-encoding`).
   */
  readonly skipped: readonly SkippedEntry[];
  /**
   * What came back otherwise than the archive says: a set-id bit, or that others may write (`mode`, for each); modes, times, owners or links that
   * the file system does not keep (`mode-refused`, … with the first name).
   */
  readonly warnings: readonly SkippedEntry[];
  /** What was replaced although no archive holds it, such as links and special files: it is not deleted. */
  readonly lost: readonly SkippedEntry[];
  /** The folders that they lie in, each under its name. One for each volume. */
  readonly lostIn: readonly string[];
}

/** What a verification found. */
export interface VerifyReport extends ArchiveReport {
  /** Databases that SQLite did not check: it or the room for them is not here, or their log is in the archive too: `database-not-checked`. */
  readonly warnings: readonly SkippedEntry[];
}

/** What was read of an archive. */
export interface ArchiveReport {
  /** Entries restored, verified or extracted, directories included. */
  readonly entries: number;
  /** Their bytes, uncompressed. */
  readonly size: number;
  /** Entries of the archive that were left out, each with the reason. */
  readonly skipped: readonly SkippedEntry[];
  /**
   * Names that are not ASCII and of which the archive does not say how they are encoded: read as UTF-8 where they are, else as code page 437
   * (`name-guessed`). `extract` also tells what a restore does: modes that come out otherwise, and what the file system does not keep.
   */
  readonly warnings: readonly SkippedEntry[];
}
