import type { Readable } from "node:stream";
import type { ArchiveEntry } from "./archive/central-header.ts";
import { isRecord } from "./archive/judge-archive.ts";
import { objectSource } from "./archive/object-source.ts";
import { readCentralDirectory } from "./archive/read-central-directory.ts";
import { nodeDisk } from "./disk.ts";
import { StowageError } from "./errors.ts";
import type { FileInfo } from "./filesystem/driver.ts";
import type { Filesystem, SignalOption } from "./filesystem/filesystem.ts";
import { assertValidKey } from "./filesystem/key.ts";
import type { ReadRange } from "./filesystem/read-range.ts";
import { type Content, releaseContent } from "./filesystem/source.ts";
import type { OperationName } from "./lock/operation-lock.ts";
import { assertValidName, generateName } from "./manager/backup-name.ts";
import { BackupsFilesystem } from "./manager/backups-filesystem.ts";
import { type CreateReport, createBackup } from "./manager/create-backup.ts";
import { type ExtractSelection, extractBackup } from "./manager/extract-backup.ts";
import { UNLIMITED, withLimits } from "./manager/judged-backup.ts";
import type {
  ArchiveReport,
  BackupInfo,
  BackupManagerOptions,
  RestoreChoices,
  RestoreReport,
} from "./manager/manager-options.ts";
import { type ManagerSettings, managerSettings } from "./manager/manager-settings.ts";
import {
  type Operation,
  type OperationEvents,
  type OperationOptions,
  type OperationStatus,
  Operations,
} from "./manager/operations.ts";
import { restoreBackup } from "./manager/restore-backup.ts";
import { rollBackRestore } from "./manager/roll-back-restore.ts";
import { uploadBackup } from "./manager/upload-backup.ts";
import { verifyBackup } from "./manager/verify-backup.ts";
import { confirmRestore, type KeptPrevious, keptPrevious } from "./restore/keep-previous.ts";
import { assertSettled, recover } from "./restore/recover.ts";

/** Backs a directory up to a {@link Filesystem} and brings it back, one operation at a time. */
export class BackupManager implements AsyncDisposable {
  readonly #settings: ManagerSettings;
  readonly #backups: BackupsFilesystem;
  readonly #operations = new Operations();

  /** Checks the options (`CONFIG_INVALID`). Does no I/O. */
  constructor(options: BackupManagerOptions) {
    this.#settings = managerSettings(options, nodeDisk);
    this.#backups = new BackupsFilesystem(options.filesystem);
  }

  /**
   * Zips the data directory and stores the archive, which streams straight into the filesystem.
   *
   * A name is `[a-z0-9_-]+.zip`, at most 150 characters (`INVALID_NAME`); left out, it is the time in UTC. A taken name is
   * `ALREADY_EXISTS`, and what lies there stays. After any failure nothing is stored. `BUSY` while another create or restore runs.
   */
  async create(options: OperationOptions & { name?: string } = {}): Promise<BackupInfo & CreateReport> {
    const { name } = options;
    if (name !== undefined) assertValidName(name);
    const provisional = name ?? generateName(this.#settings.namePrefix, new Date());
    return this.#alone("create", provisional, options, async (filesystem, operation) => {
      await assertSettled(this.#settings.disk, this.#settings.dataDir);
      return createBackup(filesystem, operation, { ...this.#settings, isNameFixed: name !== undefined });
    });
  }

  /** Lists the backups, newest first. */
  async list(options: SignalOption = {}): Promise<BackupInfo[]> {
    return this.#with("list", undefined, options, async (filesystem, signal) => {
      const backups: BackupInfo[] = [];
      for await (const files of filesystem.listPages({ signal })) {
        for (const { key, size, modifiedAt } of files) backups.push({ key, size, modifiedAt });
      }
      return backups.sort((left, right) => right.modifiedAt.getTime() - left.modifiedAt.getTime());
    });
  }

  /** Stores an archive that was made elsewhere, after it was judged. `ALREADY_EXISTS` for a taken key, `INVALID_ARCHIVE`. */
  async upload(
    key: string,
    content: Content,
    options: OperationOptions & { check?: "archive" | "magic" } = {},
  ): Promise<BackupInfo> {
    const { check = "archive" } = options;
    try {
      assertValidKey(key);
      this.#operations.assertFree(key, "upload");
      return await this.#operations.observed("upload", key, options, async (operation) => {
        const filesystem = await this.#backups.open("upload", operation.signal);
        return uploadBackup(filesystem, content, operation, { ...this.#settings, check });
      });
    } finally {
      releaseContent(content);
    }
  }

  /** Opens an archive, or the bytes of it from `start` up to, not including, `end`. Destroy content that you do not read. */
  async download(
    key: string,
    { range = {}, signal }: SignalOption & { range?: ReadRange } = {},
  ): Promise<{ info: FileInfo; content: Readable }> {
    const open = (filesystem: Filesystem) => filesystem.read(key, { ...range, signal });
    return this.#with("download", key, { signal }, open);
  }

  /** Deletes a backup. `NOT_FOUND` if it is missing, `BUSY` if it is being created or restored. */
  async delete(key: string, options: SignalOption = {}): Promise<void> {
    this.#operations.assertFree(key, "delete");
    await this.#with("delete", key, options, async (filesystem, signal) => {
      await filesystem.stat(key, { signal });
      await this.#settings.lock.assertFree(filesystem, key, "delete", signal);
      this.#operations.assertFree(key, "delete");
      await filesystem.delete(key, { signal });
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
  async restore(key: string, options: OperationOptions & RestoreChoices = {}): Promise<RestoreReport> {
    const { keepPrevious = false, allowUnrelated = false } = options;
    return this.#alone("restore", key, options, (filesystem, operation) =>
      restoreBackup(filesystem, operation, { ...this.#settings, keepPrevious, allowUnrelated }),
    );
  }

  /** Says what the last restore replaced and kept; undefined if nothing is kept. */
  async keptPrevious(): Promise<KeptPrevious | undefined> {
    const { dataDir, disk } = this.#settings;
    return this.#operations.quietly("keptPrevious", undefined, {}, () => keptPrevious(disk, dataDir));
  }

  /** Removes what the last restore kept. `NOT_FOUND` if nothing is kept. */
  async confirm(): Promise<void> {
    const { dataDir, disk } = this.#settings;
    const key = await this.#keptKey("confirm");
    await this.#operations.quietlyAlone("confirm", key, () => confirmRestore(disk, dataDir));
  }

  /**
   * Brings back what the last restore kept, by the same journaled swap and with the same hooks. What was written since goes.
   * `NOT_FOUND` if nothing is kept. After `SWAP_FAILED` everything is as it was, and the previous data still kept.
   */
  async rollback(options: OperationOptions = {}): Promise<void> {
    const key = await this.#keptKey("rollback");
    await this.#alone("rollback", key, options, (filesystem, operation) =>
      rollBackRestore(filesystem, operation, this.#settings),
    );
  }

  /** Inflates every entry and compares sizes and CRCs. `INVALID_ARCHIVE` with what is wrong. */
  async verify(key: string, options: OperationOptions = {}): Promise<ArchiveReport> {
    return this.#operations.observed("verify", key, options, async (operation) => {
      const filesystem = await this.#backups.open("verify", operation.signal);
      return verifyBackup(filesystem, operation, this.#settings);
    });
  }

  /** Lists what is in an archive, from its directory alone: only the archive's end is read. */
  async entries(key: string, options: SignalOption = {}): Promise<readonly ArchiveEntry[]> {
    return this.#with("entries", key, options, async (filesystem, signal) => {
      const source = await objectSource(filesystem, key, { signal });
      const { maxEntries } = withLimits(UNLIMITED, this.#settings.limits);
      const { entries } = await readCentralDirectory(source, { maxEntries: maxEntries + 1, signal });
      return entries.filter((entry) => !isRecord(entry));
    });
  }

  /** Writes selected entries into `to`, a directory that is missing or empty. A failure leaves it so. */
  async extract(key: string, options: OperationOptions & ExtractSelection): Promise<ArchiveReport> {
    return this.#operations.observed("extract", key, options, async (operation) => {
      const filesystem = await this.#backups.open("extract", operation.signal);
      return extractBackup(filesystem, operation, { ...this.#settings, ...options });
    });
  }

  /** Finishes what an interrupted restore left behind. Run it before the application opens its files. `BUSY` during a restore. */
  async recover(): Promise<void> {
    const { dataDir, disk } = this.#settings;
    await this.#operations.quietlyAlone("recover", "", () => recover(dataDir, { disk }));
  }

  /** Says what is running, with its progress, and how the last operation ended. */
  status(): OperationStatus {
    return this.#operations.status();
  }

  /** Calls `listener` with each event. Returns what stops that. */
  on<E extends keyof OperationEvents>(event: E, listener: (...details: OperationEvents[E]) => void): () => void {
    this.#operations.on(event, listener);
    return () => this.#operations.off(event, listener);
  }

  /** Aborts what is running and waits for it. Closes the filesystem if it was made by a function, else it is the caller's. */
  async close(): Promise<void> {
    await this.#operations.close();
    await this.#backups.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Keeps other operations of this process out first, then those of other processes and hosts. */
  async #alone<T>(
    name: OperationName,
    key: string,
    options: OperationOptions,
    action: (filesystem: Filesystem, operation: Operation) => Promise<T>,
  ): Promise<T> {
    return this.#operations.exclusively(name, key, options, async (operation) => {
      const filesystem = await this.#backups.open(name, operation.signal);
      await this.#settings.keptEntries(filesystem); // a storage that lies wrong is refused before a lock is put there
      return this.#settings.lock.hold(filesystem, operation, (held) => action(filesystem, held));
    });
  }

  async #keptKey(operation: string): Promise<string> {
    const kept = await this.keptPrevious();
    if (kept) return kept.key;
    throw new StowageError("NOT_FOUND", "no previous data is kept", { operation });
  }

  async #with<T>(
    operation: string,
    key: string | undefined,
    options: SignalOption,
    action: (filesystem: Filesystem, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#operations.quietly(operation, key, options, async (signal) => {
      return action(await this.#backups.open(operation, signal), signal);
    });
  }
}
