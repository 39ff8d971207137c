import { captureRejectionSymbol, EventEmitter } from "node:events";
import { linkSignals, raceAbort } from "../../abort.ts";
import { classifyDiskError } from "../../disk/classify-disk-error.ts";
import { StowageError } from "../../errors.ts";
import { wrapError } from "../../filesystem/wrap-error.ts";
import { type ActiveOperation, OperationLock, type OperationName } from "../../lock/operation-lock.ts";
import { assertKnownName } from "../../options/assert-options.ts";
import type { Progress, ReportProgress } from "../../progress.ts";
import { warnOf } from "../../warn-of.ts";
import type { BackupHooks } from "./backup-hooks.ts";
import { type Fence, NO_FENCE } from "./fence.ts";
import { OperationHistory } from "./operation-history.ts";
import type { OperationOptions } from "./operation-options.ts";
import type { OperationState } from "./operation-status.ts";
import { warningsOf } from "./result-warnings.ts";
import { RunningOperations } from "./running-operations.ts";

/** What listeners are told. */
export interface OperationEvents {
  start: [{ operation: string; key: string }];
  progress: [{ operation: string; key: string } & Progress];
  done: [{ operation: string; key: string }];
  failed: [{ operation: string; key: string; error: StowageError }];
}

/** What is to be run. */
export interface OperationCall {
  readonly operation: string;
  readonly options?: OperationOptions | undefined;
  readonly key?: string | undefined;
  /** The instant of a schedule that it is for. */
  readonly scheduledFor?: Date | undefined;
  /** How long it waits while the storage is in use by another process, in milliseconds. It is `BUSY` at once when left out. */
  readonly patienceMs?: number | undefined;
  /** Whether it works on the data, so that nothing else may that does. */
  readonly isAlone?: boolean;
  /** Whether it is short: it has no events, and is not told as the last operation. */
  readonly isQuiet?: boolean;
}

/** One operation while it runs. */
export interface Operation {
  readonly name: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Registers the name that was settled on, so that it is protected too. */
  rename(key: string): void;
  /** Proves that the lock is still held. */
  readonly fence: Fence;
  /** Whether the storage creates conditionally, as its capabilities say; false once it has refused to. */
  readonly canCreateOnly: boolean;
  /** Notes in the history that it does its work now, so that a later process knows if this one is killed meanwhile. */
  noteBegun(): Promise<void>;
  /** Starts a phase with its totals, and returns what reports the work done in it. */
  phase(name: Progress["phase"], totals: { entriesTotal: number; bytesTotal: number }): ReportProgress;
}

/** These say in what state the data is: an abort at the same time must not hide them. */
const DECISIVE: ReadonlySet<string> = new Set(["SWAP_FAILED", "RECOVERY_REQUIRED", "JOURNAL_CORRUPT"]);

const EVENTS: readonly (keyof OperationEvents)[] = ["start", "progress", "done", "failed"];

/** Runs the operations of a manager: signal, progress, events, the lock, and an orderly end. */
export class Operations {
  readonly #emitter = new EventEmitter<OperationEvents>({ captureRejections: true });
  readonly #lock = new OperationLock();
  readonly #closing = new AbortController();
  readonly #running = new RunningOperations();
  #progress: Progress | undefined;
  #last: OperationState["last"];
  /** Aborts what works on the data. */
  #cancel: ((reason: unknown) => void) | undefined;
  readonly #history: OperationHistory;

  constructor(history = new OperationHistory()) {
    this.#history = history;
    Object.assign(this.#emitter, { [captureRejectionSymbol]: warnOf }); // of listeners that are async
  }

  on<E extends keyof OperationEvents>(event: E, listener: (...details: OperationEvents[E]) => void): void {
    assertKnownName(event, EVENTS, "event");
    if (typeof listener !== "function") throw new StowageError("INVALID_ARGUMENT", "listener: not a function");
    this.#emitter.on(event, listener as never);
  }

  off<E extends keyof OperationEvents>(event: E, listener: (...details: OperationEvents[E]) => void): void {
    this.#emitter.off(event, listener as never);
  }

  status(): OperationState {
    const { active } = this.#lock;
    return {
      active: active && { ...active, ...(this.#progress && { progress: this.#progress }) },
      last: this.#last,
      results: this.#history.results(),
    };
  }

  /** Throws `CLOSED` once the manager is closed. */
  assertOpen(operation: string): void {
    if (this.#closing.signal.aborted) throw this.#wrap(undefined, { operation }, undefined);
  }

  /** Throws `BUSY` if a create or restore works on the key. */
  assertFree(key: string, operation: string): void {
    this.#lock.assertFree(key, operation);
  }

  /**
   * Runs an operation: with a signal that aborts when the manager closes, too, and with events and a status, unless it is quiet.
   * `BUSY` if it is to be alone and something else works on the data.
   */
  async run<T>(call: OperationCall, action: (operation: Operation) => Promise<T>): Promise<T> {
    const { operation, key, isAlone = false, isQuiet = false } = call;
    using own = linkSignals(call.options?.signal);
    const { signal } = own;
    using held = isAlone ? this.#lock.acquire(operation as OperationName, key ?? "") : undefined;
    if (this.#closing.signal.aborted || signal.aborted) throw this.#wrap(undefined, call, call.options?.signal);
    using linked = linkSignals(signal, this.#closing.signal);
    const about = { operation, key: key ?? "" };
    const startedAt = new Date();
    const running: Operation = {
      name: operation,
      key: about.key,
      signal: linked.signal,
      rename: (other) => {
        about.key = other;
        held?.rename(other);
      },
      fence: NO_FENCE,
      canCreateOnly: true,
      noteBegun: () => this.#history.begin({ ...about, scheduledFor: call.scheduledFor }, startedAt),
      phase: this.#phases(call),
    };
    using entered = this.#running.enter(operation, key);
    if (isAlone) this.#cancel = own.abort;
    try {
      const work = isQuiet
        ? action(running)
        : this.#observed(about, { ...call, signal, startedAt }, () => action(running));
      return await raceAbort(work, entered.left);
    } catch (error) {
      throw this.#wrap(error, call, signal);
    } finally {
      if (isAlone) this.#cancel = undefined;
    }
  }

  /** Aborts what works on the data, which has no effect once a restore has begun to replace it. Returns what that is. `NOT_FOUND` if nothing does. */
  cancel(): ActiveOperation {
    const { active } = this.#lock;
    if (!active || !this.#cancel) throw nothingRuns();
    this.#cancel(new StowageError("ABORTED", "it was cancelled"));
    return active;
  }

  /** Makes hooks that may close the manager: see `RunningOperations`. Only what runs alone has hooks. */
  hooked(hooks: BackupHooks, names: readonly string[]): BackupHooks {
    return this.#running.hooked(hooks, names, () => this.#lock.active?.operation);
  }

  /** Aborts what is running, waits for it, refuses everything from now on (`CLOSED`), and runs `finish` in the end. */
  async close(finish: () => Promise<void>): Promise<void> {
    this.#closing.abort(new StowageError("CLOSED", "the manager is closed"));
    await this.#running.end(finish);
  }

  /** Tells listeners and the history of it. `about` has the key that was settled on in the end. */
  async #observed<T>(
    about: { operation: string; key: string },
    call: OperationCall & { readonly signal: AbortSignal; readonly startedAt: Date },
    action: () => Promise<T>,
  ): Promise<T> {
    const { scheduledFor, startedAt } = call;
    this.#emit("start", { ...about });
    try {
      const result = await action();
      this.#end({ ...about, finishedAt: new Date(), ...warningsOf(result) });
      await this.#history.end({ ...about, scheduledFor }, startedAt, { result });
      this.#emit("done", { ...about });
      return result;
    } catch (thrown) {
      const error = this.#wrap(thrown, call, call.signal);
      this.#end({ ...about, finishedAt: new Date(), error });
      await this.#history.end({ ...about, scheduledFor }, startedAt, { error });
      this.#emit("failed", { ...about, error });
      throw error;
    }
  }

  #phases({ operation, key = "", isAlone = false, options }: OperationCall): Operation["phase"] {
    return (phase, totals) => {
      const report: ReportProgress = (done) => {
        const progress = { phase, ...totals, ...done };
        if (isAlone) this.#progress = progress;
        const told: unknown = options?.onProgress?.(progress);
        if (told instanceof Promise) told.catch(warnOf);
        this.#emit("progress", { operation, key, ...progress });
      };
      report({ entriesDone: 0, bytesDone: 0 });
      return report;
    };
  }

  #end(last: NonNullable<OperationState["last"]>): void {
    this.#progress = undefined;
    this.#last = last;
  }

  /** Tells the listeners. One that throws is a warning of the process, not a failed backup. */
  #emit<E extends keyof OperationEvents>(event: E, ...details: OperationEvents[E]): void {
    try {
      this.#emitter.emit(event, ...(details as never));
    } catch (error) {
      warnOf(error);
    }
  }

  #wrap(error: unknown, { operation, key }: OperationCall, signal: AbortSignal | undefined): StowageError {
    const isDecisive = error instanceof StowageError && DECISIVE.has(error.code);
    const open = new AbortController().signal;
    const closing = isDecisive ? open : this.#closing.signal;
    const context = {
      operation,
      key,
      signal: isDecisive ? undefined : signal,
      closing,
      classify: classifyDiskError,
    };
    return wrapError(error, context);
  }
}

function nothingRuns(): StowageError {
  return new StowageError("NOT_FOUND", "nothing is running that could be cancelled", { operation: "cancel" });
}
