import { throwIfAborted } from "./abort.ts";
import { assertValidName, generateName } from "./backup-name.ts";
import type { HistoryRecord } from "./history/history-record.ts";
import type { ActiveOperation } from "./lock/operation-lock.ts";
import { type CreateReport, createBackup } from "./manager/create-backup.ts";
import { ManagedCalls } from "./manager/operations/managed-calls.ts";
import type {
  CreateOptions,
  OperationOptions,
  RestoreCallOptions,
  RestorePlanOptions,
} from "./manager/operations/operation-options.ts";
import type { OperationStatus } from "./manager/operations/operation-status.ts";
import type { OperationEvents } from "./manager/operations/operations.ts";
import { restoreOrPlan } from "./manager/restore-or-plan.ts";
import type { RestorePlan } from "./manager/restore-plan.ts";
import { rollBackRestore } from "./manager/roll-back-restore.ts";
import { type Schedule, type ScheduleOptions, startSchedule } from "./manager/schedule/backup-schedule.ts";
import { checkSchedule } from "./manager/schedule/check-schedule.ts";
import { checkCall } from "./manager/settings/check-call.ts";
import type { BackupInfo, BackupManagerOptions, RestoreReport } from "./manager/settings/manager-options.ts";
import { StoredBackups } from "./manager/stored-backups.ts";
import { confirmRestore, type KeptPrevious, keptKey, keptPrevious } from "./restore/keep-previous.ts";
import { recover } from "./restore/recover.ts";

/** Backs a directory up to a {@link Filesystem} and brings it back, one operation at a time. */
export class BackupManager extends StoredBackups implements AsyncDisposable {
  readonly #calls: ManagedCalls;

  /** Checks the options (`CONFIG_INVALID`). Does no I/O. */
  constructor(options: BackupManagerOptions) {
    const calls = new ManagedCalls(options);
    super(calls);
    this.#calls = calls;
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
  async restore(key: string, options?: RestoreCallOptions & { readonly dryRun?: false }): Promise<RestoreReport>;
  /** Says what a restore would do, and what would stop it. Changes nothing, and takes no lock. `NOT_FOUND`, `INVALID_ARCHIVE`. */
  async restore(key: string, options: RestorePlanOptions): Promise<RestorePlan>;
  async restore(key: string, options: RestoreCallOptions = {}): Promise<RestoreReport | RestorePlan> {
    return restoreOrPlan(this.#calls, key, options);
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

  /** Finishes what an interrupted restore left behind. Run it before the application opens its files. `BUSY` during a restore. */
  async recover(): Promise<void> {
    const { dataDir, disk } = this.#calls.settings;
    await this.#calls.operations.run({ operation: "recover", isAlone: true, isQuiet: true }, () =>
      recover(dataDir, { disk }),
    );
  }

  /**
   * Backs up at each instant of a cron expression, under names that tell the instant: of all hosts that share the storage one makes the backup. Prunes
   * after each that was made, and tells what failed; see the options. Runs until it is stopped, or the manager closed.
   */
  schedule(cron: string, options: ScheduleOptions = {}): Schedule {
    const timetable = checkSchedule(cron, options);
    this.#calls.operations.assertOpen("schedule");
    return startSchedule(cron, { calls: this.#calls, timetable, manager: this }, options);
  }

  /**
   * Aborts the create, restore or rollback that is running, which rejects with `ABORTED` and leaves everything as it was. Once a restore has begun to
   * replace the data it goes on. Returns what was running; `NOT_FOUND` if nothing is.
   */
  cancel(): ActiveOperation {
    return this.#calls.operations.cancel();
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
