import type { Readable } from "node:stream";
import { throwIfAborted } from "./abort.ts";
import type { ArchiveEntry } from "./archive/format/central-header.ts";
import { platformOf } from "./disk/disk.ts";
import { nodeDisk } from "./disk/node-disk.ts";
import { type Content, releaseContent } from "./filesystem/content/source.ts";
import type { FileInfo } from "./filesystem/driver.ts";
import type { Filesystem } from "./filesystem/filesystem.ts";
import type { SignalOption } from "./filesystem/filesystem-options.ts";
import { History } from "./history/history.ts";
import type { HistoryRecord } from "./history/history-record.ts";
import { assertNoAttributes, deleteWithAttributes } from "./manager/attribute-files.ts";
import { assertValidName, generateName } from "./manager/backup-name.ts";
import { type CreateReport, createBackup } from "./manager/create-backup.ts";
import { extractBackup } from "./manager/extract-backup.ts";
import { listBackups } from "./manager/list-backups.ts";
import { listEntries } from "./manager/list-entries.ts";
import { OperationHistory } from "./manager/operations/operation-history.ts";
import type {
  CreateOptions,
  DownloadOptions,
  ExtractOptions,
  OperationOptions,
  RestoreOptions,
  UploadOptions,
} from "./manager/operations/operation-options.ts";
import {
  type Operation,
  type OperationCall,
  type OperationEvents,
  type OperationStatus,
  Operations,
} from "./manager/operations/operations.ts";
import { restoreBackup } from "./manager/restore-backup.ts";
import { rollBackRestore } from "./manager/roll-back-restore.ts";
import { BackupsFilesystem } from "./manager/settings/backups-filesystem.ts";
import { checkCall, checkDownload, checkExtract, checkUpload } from "./manager/settings/check-call.ts";
import type {
  ArchiveReport,
  BackupInfo,
  BackupManagerOptions,
  RestoreReport,
  VerifyReport,
} from "./manager/settings/manager-options.ts";
import { HOOK_NAMES, type ManagerSettings, managerSettings } from "./manager/settings/manager-settings.ts";
import { type UploadReport, uploadBackup } from "./manager/upload-backup.ts";
import { verifyBackup } from "./manager/verify-backup.ts";
import { confirmRestore, type KeptPrevious, keptKey, keptPrevious } from "./restore/keep-previous.ts";
import { recover } from "./restore/recover.ts";

/** Backs a directory up to a {@link Filesystem} and brings it back, one operation at a time. */
export class BackupManager implements AsyncDisposable {
  readonly #settings: ManagerSettings;
  readonly #backups: BackupsFilesystem;
  readonly #history: OperationHistory;
  readonly #operations: Operations;

  /** Checks the options (`CONFIG_INVALID`). Does no I/O. */
  constructor(options: BackupManagerOptions) {
    const settings = managerSettings(options, nodeDisk);
    this.#history = new OperationHistory(settings.history ? new History(settings) : undefined);
    this.#operations = new Operations(this.#history);
    this.#settings = { ...settings, hooks: this.#operations.hooked(settings.hooks, HOOK_NAMES) };
    this.#backups = new BackupsFilesystem(options.filesystem);
  }

  /**
   * Zips the data directory and stores the archive, which streams straight into the filesystem.
   *
   * A name is `[a-z0-9_-]+.zip`, at most 150 characters (`INVALID_NAME`); left out, it is the time in UTC. A taken name is
   * `ALREADY_EXISTS`, and what lies there stays. After any failure, but of `afterSnapshot`, nothing is stored. `BUSY` while one runs.
   *
   * What is stored, this manager restores: `INVALID_ARCHIVE` if it would refuse that. `SOURCE_EMPTY` for a data directory without
   * any file unless `allowEmpty`, `SOURCE_CHANGED` for one that was replaced meanwhile.
   */
  async create(options: CreateOptions = {}): Promise<BackupInfo & CreateReport> {
    checkCall("create", options);
    const { name, allowEmpty = this.#settings.allowEmpty } = options;
    if (name !== undefined) assertValidName(name);
    const provisional = name ?? generateName(this.#settings.namePrefix, new Date());
    const settings = { ...this.#settings, allowEmpty, isNameFixed: name !== undefined };
    const call = { operation: "create", key: provisional, options };
    return this.#alone(call, (filesystem, operation) => createBackup(filesystem, operation, settings));
  }

  /** Lists the backups, newest first. What PocketBase keeps beside a backup (`<key>.attrs`) is left out. */
  async list(options: SignalOption = {}): Promise<BackupInfo[]> {
    checkCall("list", options);
    return this.#run({ operation: "list", options, isQuiet: true }, (filesystem, { signal }) =>
      listBackups(filesystem, signal),
    );
  }

  /** Stores an archive that was made elsewhere, after it was judged. `ALREADY_EXISTS` for a taken key, `INVALID_ARCHIVE`. */
  async upload(key: string, content: Content, options: UploadOptions = {}): Promise<BackupInfo & UploadReport> {
    try {
      checkUpload(key, content, options);
      assertNoAttributes(key);
      const { check = "archive" } = options;
      this.#operations.assertFree(key, "upload");
      return await this.#run({ operation: "upload", key, options }, (filesystem, operation) =>
        uploadBackup(filesystem, content, operation, { ...this.#settings, check }),
      );
    } finally {
      releaseContent(content);
    }
  }

  /** Opens an archive, or the bytes of it from `start` up to, not including, `end`. Destroy content that you do not read. */
  async download(key: string, options: DownloadOptions = {}): Promise<{ info: FileInfo; content: Readable }> {
    checkDownload(key, options);
    const { range, signal } = options;
    return this.#run({ operation: "download", key, options, isQuiet: true }, (filesystem) =>
      filesystem.read(key, { ...range, signal }),
    );
  }

  /** Deletes a backup, and `<key>.attrs` with it. `NOT_FOUND` if it is missing, `BUSY` if it is being created or restored. */
  async delete(key: string, options: SignalOption = {}): Promise<void> {
    checkCall("delete", options, key);
    this.#operations.assertFree(key, "delete");
    await this.#run({ operation: "delete", key, options, isQuiet: true }, async (filesystem, { signal }) => {
      await filesystem.stat(key, { signal });
      await this.#settings.lock.assertFree(filesystem, key, "delete", signal);
      this.#operations.assertFree(key, "delete");
      await deleteWithAttributes(filesystem, key, signal);
    });
  }

  /**
   * Replaces the content of the data directory by that of an archive.
   *
   * The archive is judged, staged beside the data and checked byte by byte first, so that a damaged or hostile one
   * changes nothing (`INVALID_ARCHIVE`). A failure while the data is replaced is undone (`SWAP_FAILED`).
   *
   * With `keepPrevious` what was replaced stays on disk until `confirm` or `rollback`; until then another restore is refused
   * (`RECOVERY_REQUIRED`). An archive of another program that shares no name with the data is refused (`INVALID_ARCHIVE`,
   * "unrelated") unless `allowUnrelated`. `MOUNT_IN_DATA_DIR` if something is mounted below the data: see the option `mounts`.
   */
  async restore(key: string, options: RestoreOptions = {}): Promise<RestoreReport> {
    checkCall("restore", options, key);
    const { keepPrevious = false, allowUnrelated = false, allowEmpty = this.#settings.allowEmpty } = options;
    return this.#alone({ operation: "restore", key, options }, (filesystem, operation) =>
      restoreBackup(filesystem, operation, { ...this.#settings, keepPrevious, allowUnrelated, allowEmpty }),
    );
  }

  /** Says what the last restore replaced and kept; undefined if nothing is kept. */
  async keptPrevious(): Promise<KeptPrevious | undefined> {
    const { dataDir, disk } = this.#settings;
    return this.#operations.run({ operation: "keptPrevious", isQuiet: true }, () => keptPrevious(disk, dataDir));
  }

  /** Removes what the last restore kept. `NOT_FOUND` if nothing is kept. */
  async confirm(): Promise<void> {
    const { dataDir, disk } = this.#settings;
    const key = keptKey(await this.keptPrevious(), "confirm");
    const call = { operation: "confirm", key, isAlone: true, isQuiet: true };
    await this.#operations.run(call, () => confirmRestore(disk, dataDir));
  }

  /**
   * Brings back what the last restore kept, by the same journaled swap and with the same hooks. What was written since goes.
   * `NOT_FOUND` if nothing is kept. After `SWAP_FAILED` everything is as it was, and the previous data still kept.
   */
  async rollback(options: OperationOptions = {}): Promise<void> {
    checkCall("rollback", options);
    throwIfAborted(options.signal, { operation: "rollback" });
    const key = keptKey(await this.keptPrevious(), "rollback");
    await this.#alone({ operation: "rollback", key, options }, (filesystem, operation) =>
      rollBackRestore(filesystem, operation, this.#settings),
    );
  }

  /** Inflates every entry, compares sizes and CRCs, and has SQLite check the databases: see `checkDatabases`. `INVALID_ARCHIVE`. */
  async verify(key: string, options: OperationOptions = {}): Promise<VerifyReport> {
    checkCall("verify", options, key);
    return this.#run({ operation: "verify", key, options }, (filesystem, operation) =>
      verifyBackup(filesystem, operation, this.#settings),
    );
  }

  /** Lists what is in an archive, from its directory alone: only the archive's end is read. */
  async entries(key: string, options: SignalOption = {}): Promise<readonly ArchiveEntry[]> {
    checkCall("entries", options, key);
    return this.#run({ operation: "entries", key, options, isQuiet: true }, (filesystem, { signal }) =>
      listEntries(filesystem, key, { ...this.#settings, signal }),
    );
  }

  /** Writes selected entries into `to`, a directory that is missing or empty. A failure leaves it so. */
  async extract(key: string, options: ExtractOptions): Promise<ArchiveReport> {
    checkExtract(key, options, platformOf(this.#settings.disk));
    return this.#run({ operation: "extract", key, options }, (filesystem, operation) =>
      extractBackup(filesystem, operation, { ...this.#settings, to: options.to, select: options.select }),
    );
  }

  /** Finishes what an interrupted restore left behind. Run it before the application opens its files. `BUSY` during a restore. */
  async recover(): Promise<void> {
    const { dataDir, disk } = this.#settings;
    await this.#operations.run({ operation: "recover", isAlone: true, isQuiet: true }, () =>
      recover(dataDir, { disk }),
    );
  }

  /** Says what is running, with its progress, how the last operation ended, and whether threads can be had. */
  status(): OperationStatus {
    const reason = this.#settings.disk.threads?.whyNot();
    const threads = reason === undefined ? { available: true as const } : { available: false as const, reason };
    return { ...this.#operations.status(), threads };
  }

  /** What operations were and how they ended, the newest first: at most 500, of all processes that share `stateDir`. */
  history(): Promise<HistoryRecord[]> {
    return this.#history.read();
  }

  /** Calls `listener` with each event. Returns what stops that. `INVALID_ARGUMENT` for an event that there is not. */
  on<E extends keyof OperationEvents>(event: E, listener: (...details: OperationEvents[E]) => void): () => void {
    this.#operations.on(event, listener);
    return () => this.#operations.off(event, listener);
  }

  /**
   * Aborts what is running and waits for it. Closes the filesystem if it was made by a function, else it is the caller's.
   *
   * A hook may close the manager: that does not wait for the operation which called the hook, and ends it with `CLOSED` unless its
   * work is done, as in `afterSnapshot` and `afterSwap`. What does not stop within 10 s is left behind: it rejects with `CLOSED`, and
   * a warning of the process names it. Listeners are told of its end when it comes.
   */
  async close(): Promise<void> {
    await this.#operations.close(() => this.#backups.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Keeps other operations of this process out first, then those of other processes and hosts. */
  async #alone<T>(
    call: OperationCall,
    action: (filesystem: Filesystem, operation: Operation) => Promise<T>,
  ): Promise<T> {
    return this.#operations.run({ ...call, isAlone: true }, async (operation) => {
      const filesystem = await this.#backups.open(call.operation, operation.signal);
      // A storage that lies wrong is refused before a lock is put there. What lies where is asked again once hooks and recovery are done.
      await this.#settings.keptEntries(filesystem);
      return this.#settings.lock.hold(filesystem, operation, (held) => action(filesystem, held));
    });
  }

  async #run<T>(call: OperationCall, action: (filesystem: Filesystem, operation: Operation) => Promise<T>): Promise<T> {
    return this.#operations.run(call, async (operation) => {
      return action(await this.#backups.open(call.operation, operation.signal), operation);
    });
  }
}
