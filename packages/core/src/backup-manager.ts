import type { Readable } from "node:stream";
import { throwIfAborted } from "./abort.ts";
import type { ArchiveEntry } from "./archive/format/central-header.ts";
import { assertValidName, generateName } from "./backup-name.ts";
import { platformOf } from "./disk/disk.ts";
import { type Content, releaseContent } from "./filesystem/content/source.ts";
import type { FileInfo } from "./filesystem/driver.ts";
import type { SignalOption } from "./filesystem/filesystem-options.ts";
import type { HistoryRecord } from "./history/history-record.ts";
import { assertNoAttributes } from "./manager/attribute-files.ts";
import { type CreateReport, createBackup } from "./manager/create-backup.ts";
import { deleteBackup } from "./manager/delete-backup.ts";
import { extractBackup } from "./manager/extract-backup.ts";
import { listBackups } from "./manager/list-backups.ts";
import { listEntries } from "./manager/list-entries.ts";
import { ManagedCalls } from "./manager/operations/managed-calls.ts";
import type {
  CreateOptions,
  DownloadOptions,
  ExtractOptions,
  OperationOptions,
  PruneOptions,
  RestoreOptions,
  UploadOptions,
} from "./manager/operations/operation-options.ts";
import type { OperationEvents, OperationStatus } from "./manager/operations/operations.ts";
import { type PruneReport, pruneBackups } from "./manager/prune-backups.ts";
import { restoreBackup } from "./manager/restore-backup.ts";
import { rollBackRestore } from "./manager/roll-back-restore.ts";
import { type Schedule, type ScheduleOptions, startSchedule } from "./manager/schedule/backup-schedule.ts";
import { checkSchedule } from "./manager/schedule/check-schedule.ts";
import { checkCall, checkDownload, checkExtract, checkPrune, checkUpload } from "./manager/settings/check-call.ts";
import type {
  ArchiveReport,
  BackupInfo,
  BackupManagerOptions,
  RestoreReport,
  VerifyReport,
} from "./manager/settings/manager-options.ts";
import { type UploadReport, uploadBackup } from "./manager/upload-backup.ts";
import { verifyBackup } from "./manager/verify-backup.ts";
import { confirmRestore, type KeptPrevious, keptKey, keptPrevious } from "./restore/keep-previous.ts";
import { recover } from "./restore/recover.ts";
import type { RetentionPolicy } from "./retention/retention-policy.ts";

/** Backs a directory up to a {@link Filesystem} and brings it back, one operation at a time. */
export class BackupManager implements AsyncDisposable {
  readonly #calls: ManagedCalls;

  /** Checks the options (`CONFIG_INVALID`). Does no I/O. */
  constructor(options: BackupManagerOptions) {
    this.#calls = new ManagedCalls(options);
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
    const { name, allowEmpty = this.#calls.settings.allowEmpty } = options;
    if (name !== undefined) assertValidName(name);
    const provisional = name ?? generateName(this.#calls.settings.namePrefix, new Date());
    const settings = { ...this.#calls.settings, allowEmpty, isNameFixed: name !== undefined };
    const call = { operation: "create", key: provisional, options };
    return this.#calls.alone(call, (filesystem, operation) => createBackup(filesystem, operation, settings));
  }

  /** Lists the backups, newest first. What PocketBase keeps beside a backup (`<key>.attrs`) is left out. */
  async list(options: SignalOption = {}): Promise<BackupInfo[]> {
    checkCall("list", options);
    return this.#calls.run({ operation: "list", options, isQuiet: true }, listBackups);
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
    const { keepPrevious = false, allowUnrelated = false, allowEmpty = this.#calls.settings.allowEmpty } = options;
    return this.#calls.alone({ operation: "restore", key, options }, (filesystem, operation, settings) =>
      restoreBackup(filesystem, operation, { ...settings, keepPrevious, allowUnrelated, allowEmpty }),
    );
  }

  /** Says what the last restore replaced and kept; undefined if nothing is kept. */
  async keptPrevious(): Promise<KeptPrevious | undefined> {
    const { dataDir, disk } = this.#calls.settings;
    return this.#calls.operations.run({ operation: "keptPrevious", isQuiet: true }, () => keptPrevious(disk, dataDir));
  }

  /** Removes what the last restore kept. `NOT_FOUND` if nothing is kept. */
  async confirm(): Promise<void> {
    const { dataDir, disk } = this.#calls.settings;
    const key = keptKey(await this.keptPrevious(), "confirm");
    const call = { operation: "confirm", key, isAlone: true, isQuiet: true };
    await this.#calls.operations.run(call, () => confirmRestore(disk, dataDir));
  }

  /**
   * Brings back what the last restore kept, by the same journaled swap and with the same hooks. What was written since goes.
   * `NOT_FOUND` if nothing is kept. After `SWAP_FAILED` everything is as it was, and the previous data still kept.
   */
  async rollback(options: OperationOptions = {}): Promise<void> {
    checkCall("rollback", options);
    throwIfAborted(options.signal, { operation: "rollback" });
    const key = keptKey(await this.keptPrevious(), "rollback");
    await this.#calls.alone({ operation: "rollback", key, options }, rollBackRestore);
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

  /** Writes selected entries into `to`, a directory that is missing or empty. A failure leaves it so. */
  async extract(key: string, options: ExtractOptions): Promise<ArchiveReport> {
    checkExtract(key, options, platformOf(this.#calls.settings.disk));
    return this.#calls.run({ operation: "extract", key, options }, (filesystem, operation, settings) =>
      extractBackup(filesystem, operation, { ...settings, to: options.to, select: options.select }),
    );
  }

  /** Finishes what an interrupted restore left behind. Run it before the application opens its files. `BUSY` during a restore. */
  async recover(): Promise<void> {
    const { dataDir, disk } = this.#calls.settings;
    await this.#calls.operations.run({ operation: "recover", isAlone: true, isQuiet: true }, () =>
      recover(dataDir, { disk }),
    );
  }

  /**
   * Removes the backups that no rule of the policy keeps; with `dryRun` it only says which. Names that are not of this manager stay unless
   * the policy says `others`, and so do the newest backup that is not known to be damaged and the newest that a check has found whole.
   */
  async prune(policy: RetentionPolicy, options: PruneOptions = {}): Promise<PruneReport> {
    checkPrune(policy, options);
    const { dryRun = false } = options;
    const history = await this.#calls.history.read();
    const assertFree = (key: string) => this.#calls.operations.assertFree(key, "prune");
    return this.#calls.run({ operation: "prune", options, isQuiet: dryRun }, (filesystem, operation, settings) =>
      pruneBackups(filesystem, operation, { ...settings, policy, dryRun, history, assertFree }),
    );
  }

  /**
   * Backs up at each instant of a cron expression, under names that tell the instant: of all hosts that share the storage one makes the backup. Prunes
   * after each that was made, and tells what failed; see the options. Runs until it is stopped, or the manager closed.
   */
  schedule(cron: string, options: ScheduleOptions = {}): Schedule {
    const timetable = checkSchedule(cron, options);
    return startSchedule(
      cron,
      { calls: this.#calls, timetable, prune: (policy, given) => this.prune(policy, given) },
      options,
    );
  }

  /** Says what is running, with its progress, how the last operation ended, and whether threads can be had. */
  status(): OperationStatus {
    const reason = this.#calls.settings.disk.threads?.whyNot();
    const threads = reason === undefined ? { available: true as const } : { available: false as const, reason };
    return { ...this.#calls.operations.status(), schedules: this.#calls.timetables(), threads };
  }

  /** What operations were and how they ended, the newest first: at most 500, of all processes that share `stateDir`. */
  history(): Promise<HistoryRecord[]> {
    return this.#calls.history.read();
  }

  /** Calls `listener` with each event. Returns what stops that. `INVALID_ARGUMENT` for an event that there is not. */
  on<E extends keyof OperationEvents>(event: E, listener: (...details: OperationEvents[E]) => void): () => void {
    this.#calls.operations.on(event, listener);
    return () => this.#calls.operations.off(event, listener);
  }

  /**
   * Aborts what is running and waits for it. Closes the filesystem if it was made by a function, else it is the caller's.
   *
   * A hook may close the manager: that does not wait for the operation which called the hook, and ends it with `CLOSED` unless its
   * work is done, as in `afterSnapshot` and `afterSwap`. What does not stop within 10 s is left behind: it rejects with `CLOSED`, and
   * a warning of the process names it. Listeners are told of its end when it comes.
   */
  async close(): Promise<void> {
    await this.#calls.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
