import { nodeDisk } from "../../disk/node-disk.ts";
import type { Filesystem } from "../../filesystem/filesystem.ts";
import { History } from "../../history/history.ts";
import { BackupsFilesystem } from "../settings/backups-filesystem.ts";
import type { BackupManagerOptions } from "../settings/manager-options.ts";
import { HOOK_NAMES, type ManagerSettings, managerSettings } from "../settings/manager-settings.ts";
import { OperationHistory } from "./operation-history.ts";
import { type Operation, type OperationCall, Operations } from "./operations.ts";
import { whileBusy } from "./while-busy.ts";

/** A schedule, as its manager ends it: without waiting for a run, in whose hook this may be. */
interface RunningSchedule {
  readonly cron: string;
  readonly next: Date | undefined;
  abort(): void;
  settle(): Promise<void>;
}

/** What an operation does once it may. */
export type Action<T> = (filesystem: Filesystem, operation: Operation, settings: ManagerSettings) => Promise<T>;

/** Runs what a manager is asked for: with its settings, on its filesystem, under its locks. */
export class ManagedCalls {
  readonly settings: ManagerSettings;
  readonly history: OperationHistory;
  readonly operations: Operations;
  /** What runs until the manager closes. */
  readonly schedules = new Set<RunningSchedule>();
  readonly #backups: BackupsFilesystem;

  /** Checks the options (`CONFIG_INVALID`). Does no I/O. */
  constructor(options: BackupManagerOptions) {
    const settings = managerSettings(options, nodeDisk);
    this.history = new OperationHistory(settings.history ? new History(settings) : undefined);
    this.operations = new Operations(this.history);
    this.settings = { ...settings, hooks: this.operations.hooked(settings.hooks, HOOK_NAMES) };
    this.#backups = new BackupsFilesystem(options.filesystem);
  }

  /** Runs what works on the storage beside other operations. */
  run<T>(call: OperationCall, action: Action<T>): Promise<T> {
    return this.operations.run(call, async (operation) => {
      return action(await this.#backups.open(call.operation, operation.signal), operation, this.settings);
    });
  }

  /** Runs what works on the data. Keeps other operations of this process out first, then those of other processes and hosts. */
  alone<T>(call: OperationCall, action: Action<T>): Promise<T> {
    return this.operations.run({ ...call, isAlone: true }, async (operation) => {
      const filesystem = await this.#backups.open(call.operation, operation.signal);
      // A storage that lies wrong is refused before a lock is put there. What lies where is asked again once hooks and recovery are done.
      await this.settings.keptEntries(filesystem);
      const act = async (held: Operation) => {
        await held.noteBegun(); // not while it waits for others
        return action(filesystem, held, this.settings);
      };
      return whileBusy(call.patienceMs ?? 0, operation.signal, () =>
        this.settings.lock.hold(filesystem, operation, act),
      );
    });
  }

  /** The schedules that run, with the next instant of each. */
  timetables(): { cron: string; next: Date | undefined }[] {
    return [...this.schedules].map(({ cron, next }) => ({ cron, next }));
  }

  /** Aborts what is running, waits for it, and closes the filesystem if it was made here. */
  async close(): Promise<void> {
    for (const schedule of this.schedules) schedule.abort();
    await this.operations.close(() => this.#backups.close());
    await Promise.all([...this.schedules].map((schedule) => schedule.settle()));
  }
}
