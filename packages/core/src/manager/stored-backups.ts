import type { Readable } from "node:stream";
import type { ArchiveEntry } from "../archive/format/central-header.ts";
import { platformOf } from "../disk/disk.ts";
import { type Content, releaseContent } from "../filesystem/content/source.ts";
import type { FileInfo } from "../filesystem/driver.ts";
import type { SignalOption } from "../filesystem/filesystem-options.ts";
import type { RetentionPolicy } from "../retention/retention-policy.ts";
import { assertNoAttributes } from "./attribute-files.ts";
import { type HealthOptions, type HealthReport, judgeHealth } from "./check-health.ts";
import { deleteBackup } from "./delete-backup.ts";
import { type DrillReport, drillBackup } from "./drill-backup.ts";
import { extractBackup } from "./extract-backup.ts";
import { knownBackups } from "./known-backups.ts";
import { listBackups } from "./list-backups.ts";
import { listEntries } from "./list-entries.ts";
import { type ListBackupsOptions, listWhatShows } from "./list-what-shows.ts";
import { type OpenedEntry, openEntry } from "./open-entry.ts";
import type { ManagedCalls } from "./operations/managed-calls.ts";
import type {
  DownloadOptions,
  DrillOptions,
  ExtractOptions,
  OperationOptions,
  PruneOptions,
  UploadOptions,
} from "./operations/operation-options.ts";
import { type PruneReport, pruneBackups } from "./prune-backups.ts";
import {
  checkCall,
  checkDownload,
  checkDrill,
  checkExtract,
  checkOpenEntry,
  checkPrune,
  checkUpload,
} from "./settings/check-call.ts";
import type { ArchiveReport, BackupInfo, VerifyReport } from "./settings/manager-options.ts";
import { type UploadReport, uploadBackup } from "./upload-backup.ts";
import { verifyBackup } from "./verify-backup.ts";

/** What can be done with backups where they lie. The data directory is left alone. */
export abstract class StoredBackups {
  readonly #calls: ManagedCalls;

  constructor(calls: ManagedCalls) {
    this.#calls = calls;
  }

  /** Lists the backups, newest first. What PocketBase keeps beside a backup (`<key>.attrs`) is left out. */
  async list(options: ListBackupsOptions = {}): Promise<BackupInfo[]> {
    checkCall("list", options);
    const { signal, onPartial } = options;
    return this.#calls.run({ operation: "list", options: { signal }, isQuiet: true }, (filesystem, operation) =>
      listWhatShows(filesystem, { signal: operation.signal, onPartial }),
    );
  }

  /** Stores an archive that was made elsewhere, after it was judged. `ALREADY_EXISTS` for a taken key, `INVALID_ARCHIVE`. */
  async upload(key: string, content: Content, options: UploadOptions = {}): Promise<BackupInfo & UploadReport> {
    try {
      checkUpload(key, content, options);
      assertNoAttributes(key);
      const { check = "archive" } = options;
      this.#calls.operations.assertFree(key, "upload");
      return await this.#calls.run({ operation: "upload", key, options }, (filesystem, operation, settings) =>
        uploadBackup(filesystem, content, operation, { ...settings, check }),
      );
    } finally {
      releaseContent(content);
    }
  }

  /** Opens an archive, or the bytes of it from `start` up to, not including, `end`. Destroy content that you do not read. */
  async download(key: string, options: DownloadOptions = {}): Promise<{ info: FileInfo; content: Readable }> {
    checkDownload(key, options);
    const { range, signal } = options;
    return this.#calls.run({ operation: "download", key, options, isQuiet: true }, (filesystem) =>
      filesystem.read(key, { ...range, signal }),
    );
  }

  /** Deletes a backup, and `<key>.attrs` with it. `NOT_FOUND` if it is missing, `BUSY` if it is being created or restored. */
  async delete(key: string, options: SignalOption = {}): Promise<void> {
    checkCall("delete", options, key);
    const assertFree = (name: string) => this.#calls.operations.assertFree(name, "delete");
    assertFree(key);
    await this.#calls.run({ operation: "delete", key, options, isQuiet: true }, (filesystem, operation, { lock }) =>
      deleteBackup(filesystem, operation, { lock, assertFree }),
    );
  }

  /** Inflates every entry, compares sizes and CRCs, and has SQLite check the databases: see `checkDatabases`. `INVALID_ARCHIVE`. */
  async verify(key: string, options: OperationOptions = {}): Promise<VerifyReport> {
    checkCall("verify", options, key);
    return this.#calls.run({ operation: "verify", key, options }, verifyBackup);
  }

  /** Lists what is in an archive, from its directory alone: only the archive's end is read. */
  async entries(key: string, options: SignalOption = {}): Promise<readonly ArchiveEntry[]> {
    checkCall("entries", options, key);
    return this.#calls.run({ operation: "entries", key, options, isQuiet: true }, listEntries);
  }

  /**
   * Opens one file of an archive by the name that `entries` gives it; of a link, where it leads. Only its range is read. A content that
   * is damaged fails before its last byte (`INVALID_ARCHIVE`). `NOT_FOUND` for a directory, too.
   */
  async openEntry(key: string, name: string, options: SignalOption = {}): Promise<OpenedEntry> {
    checkOpenEntry(key, name, options);
    const { signal } = options;
    return this.#calls.run({ operation: "openEntry", key, options, isQuiet: true }, (filesystem, operation, settings) =>
      openEntry(filesystem, operation, { ...settings, name, signal }),
    );
  }

  /** Writes selected entries into `to`, a directory that is missing or empty. A failure leaves it so. */
  async extract(key: string, options: ExtractOptions): Promise<ArchiveReport> {
    checkExtract(key, options, platformOf(this.#calls.settings.disk));
    return this.#calls.run({ operation: "extract", key, options }, (filesystem, operation, settings) =>
      extractBackup(filesystem, operation, { ...settings, to: options.to, select: options.select }),
    );
  }

  /**
   * Removes the backups that no rule of the policy keeps; with `dryRun` it only says which. Names that are not of this manager stay unless
   * the policy says `others`, and so do the newest backup that is not known to be damaged and the newest that a check has found whole.
   */
  async prune(policy: RetentionPolicy, options: PruneOptions = {}): Promise<PruneReport> {
    checkPrune(policy, options);
    const { dryRun = false, keep = [] } = options;
    const history = await this.#calls.history.read();
    const assertFree = (key: string) => this.#calls.operations.assertFree(key, "prune");
    return this.#calls.run({ operation: "prune", options, isQuiet: dryRun }, (filesystem, operation, settings) =>
      pruneBackups(filesystem, operation, { ...settings, policy, dryRun, keep, history, assertFree }),
    );
  }

  /** Says whether backups are as they should be: new enough, enough, not damaged, and the last operations well. Rejects if the storage cannot be listed. */
  async checkHealth(options: HealthOptions = {}): Promise<HealthReport> {
    checkCall("checkHealth", options);
    const listed = await this.#calls.run({ operation: "checkHealth", options, isQuiet: true }, listBackups);
    const { namePrefix } = this.#calls.settings;
    return judgeHealth({ listed, history: await this.#calls.history.read(), namePrefix, now: new Date() }, options);
  }

  /** Restores a backup into a folder of `stateDir`, checks it, and removes it. The proof that a backup is one. `INVALID_ARCHIVE` if it is not. */
  async drill(options: DrillOptions = {}): Promise<DrillReport> {
    checkDrill(options);
    const known = knownBackups(await this.#calls.history.read());
    return this.#calls.run({ operation: "drill", key: options.key, options }, (filesystem, operation, settings) =>
      drillBackup(filesystem, operation, { ...settings, known, check: options.check }),
    );
  }
}
