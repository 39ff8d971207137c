import { setTimeout as sleep } from "node:timers/promises";
import { scheduledName } from "../../backup-name.ts";
import { StowageError } from "../../errors.ts";
import type { Copy } from "../../filesystem/copy.ts";
import type { Notice } from "../../notices/notice.ts";
import { type NoticeOptions, Notifier } from "../../notices/notifier.ts";
import type { RetentionPolicy } from "../../retention/retention-policy.ts";
import { Scheduler, type Timetable } from "../../schedule/scheduler.ts";
import { warnOf } from "../../warn-of.ts";
import { isHarmless } from "../check-health.ts";
import type { ManagedCalls } from "../operations/managed-calls.ts";
import type { DrillOptions } from "../operations/operation-options.ts";
import { lastInstant, lastInstantAtLast } from "./last-instant.ts";
import { createScheduled } from "./scheduled-create.ts";

export interface ScheduleOptions extends NoticeOptions {
  /** What is done at each instant. Default "create". */
  readonly operation?: "create" | "drill" | undefined;
  /** With "drill": what the application looks at, see `drill`. */
  readonly check?: DrillOptions["check"];
  /** The IANA time zone of the expression. Default "UTC". */
  readonly timezone?: string | undefined;
  /** What is pruned after each backup that was made. Nothing is after one that failed. */
  readonly prune?: RetentionPolicy | undefined;
  /** Whether the last instant is made up for that passed while no process ran, if there are scheduled backups of before. Default true. */
  readonly catchUp?: boolean | undefined;
}

/** A schedule that runs until it is stopped, or its manager closed. */
export interface Schedule extends AsyncDisposable {
  readonly cron: string;
  /** The next instant. Undefined once it is stopped. */
  readonly next: Date | undefined;
  /** Ends it, and a backup of it that is under way. Nothing of that is stored. */
  stop(): Promise<void>;
}

/** What a schedule works with. */
export interface ScheduleContext {
  readonly calls: ManagedCalls;
  readonly timetable: Timetable;
  readonly manager: ScheduledManager;
}

/** What a schedule asks of its manager. */
interface ScheduledManager {
  prune(policy: RetentionPolicy, options: { signal: AbortSignal; keep: readonly string[] }): Promise<unknown>;
  drill(options: DrillOptions): Promise<unknown>;
}

interface Step {
  readonly operation: string;
  work(): Promise<unknown>;
}

/** That the storage did not tell. */
const UNKNOWN = "unknown" as const;

/** How long a backup waits for others at most. */
const LONGEST_PATIENCE_MS = 3_600_000;
/** How long the end waits for a run that does not stop, and for notices on their way. */
const GRACE_MS = 10_000;
const NOTICE_GRACE_MS = 3_000;

/** Begins a schedule, which its manager knows from then on. */
export function startSchedule(cron: string, context: ScheduleContext, options: ScheduleOptions): Schedule {
  const schedule = new BackupSchedule(cron, context, options);
  context.calls.schedules.add(schedule);
  return schedule;
}

/** Backs up by a timetable, prunes, and tells what went wrong. */
class BackupSchedule implements Schedule {
  readonly cron: string;
  readonly #context: ScheduleContext;
  readonly #options: ScheduleOptions;
  readonly #notifier: Notifier;
  readonly #stopped = new AbortController();
  readonly #ended: Promise<void>;
  #scheduler: Scheduler | undefined;
  #hasFailed = false;

  constructor(cron: string, context: ScheduleContext, options: ScheduleOptions) {
    this.cron = cron;
    this.#context = context;
    this.#options = options;
    this.#notifier = new Notifier(options);
    this.#ended = this.#begin().catch(warnOf);
  }

  get next(): Date | undefined {
    if (this.#stopped.signal.aborted) return undefined;
    return this.#scheduler ? this.#scheduler.next : this.#context.timetable.next(new Date());
  }

  async stop(): Promise<void> {
    this.abort();
    this.#context.calls.schedules.delete(this);
    await Promise.race([this.#ended, sleep(GRACE_MS, undefined, { ref: false })]);
    await this.settle();
  }

  /** Ends it without waiting. */
  abort(): void {
    this.#stopped.abort(new StowageError("ABORTED", "the schedule was stopped"));
  }

  /** Waits for notices that are on their way. */
  settle(): Promise<void> {
    return this.#notifier.close(NOTICE_GRACE_MS);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #begin(): Promise<void> {
    const { calls, timetable } = this.#context;
    const { signal } = this.#stopped;
    const began = new Date();
    await this.#lookBack();
    const makesUp = this.#options.catchUp !== false && this.#operation === "create";
    const found = makesUp ? await lastInstant(calls, began, signal).catch(() => UNKNOWN) : undefined;
    if (signal.aborted) return;
    const run = (instant: Date, missed: number) => this.#run(instant, missed);
    const scheduler = new Scheduler({ timetable, run }, found === UNKNOWN ? began : (found ?? began));
    this.#scheduler = scheduler;
    signal.addEventListener("abort", () => void scheduler.stop(), { once: true });
    if (found === UNKNOWN) {
      lastInstantAtLast(calls, began, signal).then(
        (from) => from && scheduler.lookBack(from),
        () => {},
      );
    }
    await scheduler.ended;
  }

  /** Tells of what an earlier process did not end, once, and remembers whether the last run failed. */
  async #lookBack(): Promise<void> {
    await this.#tellInterrupted();
    const ended = (await this.#context.calls.history.read()).filter(
      (record) => record.finishedAt && !isHarmless(record),
    );
    const own = this.#operation === "create" ? ["create", "prune"] : ["drill"];
    const lasts = own.map((name) => ended.find(({ operation }) => operation === name));
    this.#hasFailed = lasts.some((last) => last?.error !== undefined);
  }

  async #tellInterrupted(before?: Date): Promise<void> {
    const settled = await this.#context.calls.history.settleInterrupted(this.#operation, before);
    for (const { operation, key, scheduledFor, startedAt } of settled) {
      const instant = operation === "drill" ? startedAt : scheduledFor; // a create that somebody asked for is theirs to miss
      if (instant) this.#tell({ kind: "interrupted", at: new Date(), scheduledFor: instant, operation, key });
    }
  }

  async #run(instant: Date, missed: number): Promise<void> {
    if (missed > 0) this.#tell({ kind: "missed", at: new Date(), scheduledFor: instant, count: missed });
    this.#notifier.ping("start");
    for (const { operation, work } of this.#steps(instant)) {
      try {
        await work();
      } catch (error) {
        if (!this.#stopped.signal.aborted) this.#failed(instant, operation, error);
        return;
      }
    }
    this.#succeeded(instant);
  }

  /** What is done at an instant, one after the other. */
  #steps(instant: Date): Step[] {
    const { calls, manager } = this.#context;
    const { prune, check } = this.#options;
    const { signal } = this.#stopped;
    if (this.#operation === "drill") return [{ operation: "drill", work: () => manager.drill({ signal, check }) }];
    const create = async () => {
      const began = new Date();
      const made = await createScheduled(calls, { instant, patienceMs: this.#patienceMs(instant), signal });
      await this.#tellInterrupted(began); // the lock was held since
      if ("copies" in made) this.#tellCopies(instant, made.key, made.copies);
    };
    const keep = [this.#keyOf(instant)]; // by a clock that is behind it would look old
    const pruning = prune ? [{ operation: "prune", work: () => manager.prune(prune, { signal, keep }) }] : [];
    return [{ operation: "create", work: create }, ...pruning];
  }

  #tellCopies(scheduledFor: Date, key: string, copies: readonly Copy[] = []): void {
    const destinations = copies.flatMap(({ name, error }) => (error ? [name] : []));
    if (destinations.length === 0) return;
    this.#tell({ kind: "incomplete", at: new Date(), scheduledFor, operation: "create", key, destinations });
  }

  #succeeded(scheduledFor: Date): void {
    const operation = this.#operation;
    this.#notifier.ping("success");
    if (this.#hasFailed) {
      this.#tell({ kind: "recovered", at: new Date(), scheduledFor, operation, key: this.#keyOf(scheduledFor) });
    }
    this.#hasFailed = false;
  }

  #failed(scheduledFor: Date, operation: string, thrown: unknown): void {
    const error =
      thrown instanceof StowageError ? thrown : new StowageError("INTERNAL", String(thrown), { cause: thrown });
    if (error.code === "CLOSED") return;
    const key = error.key ?? this.#keyOf(scheduledFor);
    this.#hasFailed = true;
    this.#notifier.ping("fail", `${error.code}: ${error.message}`);
    this.#tell({ kind: "failed", at: new Date(), scheduledFor, operation, key, error });
  }

  get #operation(): "create" | "drill" {
    return this.#options.operation ?? "create";
  }

  /** The backup of an instant. A drill takes whichever is there. */
  #keyOf(instant: Date): string {
    return this.#operation === "drill" ? "" : scheduledName(this.#context.calls.settings.namePrefix, instant);
  }

  #tell(notice: Notice): void {
    this.#notifier.tell(notice);
  }

  /** Until the next instant, which has a run of its own. */
  #patienceMs(instant: Date): number {
    const next = this.#context.timetable.next(instant)?.getTime() ?? Number.POSITIVE_INFINITY;
    return Math.min(next - instant.getTime(), LONGEST_PATIENCE_MS);
  }
}
