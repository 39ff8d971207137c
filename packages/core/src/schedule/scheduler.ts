import { setTimeout as sleep } from "node:timers/promises";
import { linkSignals } from "../abort.ts";

/** Instants, one after the other. */
export interface Timetable {
  /** The first instant after a time. Undefined if none comes. */
  next(after: Date): Date | undefined;
  /** The last instant up to a time, that time itself too. */
  previous(before: Date): Date | undefined;
}

/** The time of day, which may jump, and a way to let it pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects once the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SchedulerOptions {
  readonly timetable: Timetable;
  /** Does what is due. Must not reject. `missed` instants passed before this one without a run, as while the host slept. */
  run(instant: Date, missed: number, signal: AbortSignal): Promise<void>;
  readonly clock?: Clock;
}

/** A host that slept, and a clock that was set, are noticed after so long. */
const LONGEST_SLEEP_MS = 30_000;
/** By more than this no clock is set back but one that was wrong. */
const SET_BACK_MS = 24 * 3_600_000;
/** More that passed are not counted. */
const MOST_MISSED = 1_000;

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) };

/**
 * Runs something at each instant of a timetable, one run at a time. Of several instants that have passed the newest is run. None is run twice
 * when the clock is set back, unless that is by more than a day: then it was wrong before.
 */
export class Scheduler {
  readonly #options: Required<SchedulerOptions>;
  readonly #stopped = new AbortController();
  /** Resolves once it has stopped, and no run is under way. */
  readonly ended: Promise<void>;
  readonly #began: number;
  /** Up to here all is done. */
  #done: number;
  /** Ends a sleep before its time. */
  #waking = new AbortController();

  /** Begins. What was due before `from` is nobody's business any more; it is now when left out. */
  constructor({ clock = SYSTEM_CLOCK, ...options }: SchedulerOptions, from?: Date) {
    this.#options = { ...options, clock };
    this.#began = from?.getTime() ?? clock.now();
    this.#done = this.#began;
    this.ended = this.#loop();
  }

  /** When it runs next. Undefined if it has stopped, or never. */
  get next(): Date | undefined {
    if (this.#stopped.signal.aborted) return undefined;
    return this.#options.timetable.next(new Date(Math.max(this.#done, this.#options.clock.now())));
  }

  /** Makes what was due after `from` its business after all, if nothing was run yet. */
  lookBack(from: Date): void {
    if (this.#done === this.#began && from.getTime() < this.#done) this.#done = from.getTime();
    this.#waking.abort();
  }

  /** Ends it: a run that is under way is told by its signal, and waited for. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.ended;
  }

  async #loop(): Promise<void> {
    const { clock, run } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const due = this.#due(clock.now());
      if (due) await run(due.instant, due.missed, signal);
      else await this.#sleep(this.#pause(clock.now()), signal);
    }
  }

  async #sleep(ms: number, stopped: AbortSignal): Promise<void> {
    this.#waking = new AbortController();
    using either = linkSignals(stopped, this.#waking.signal);
    await this.#options.clock.sleep(ms, either.signal).catch(() => {}); // stopped or woken
  }

  /** The newest instant that has come, if it has not been run. */
  #due(now: number): { instant: Date; missed: number } | undefined {
    const { timetable } = this.#options;
    if (now < this.#done - SET_BACK_MS) this.#done = now;
    const instant = timetable.previous(new Date(now));
    if (!instant || instant.getTime() <= this.#done) return undefined;
    let missed = 0;
    let passed = timetable.next(new Date(this.#done));
    while (passed && passed < instant && missed < MOST_MISSED) {
      missed += 1;
      passed = timetable.next(passed);
    }
    this.#done = instant.getTime();
    return { instant, missed };
  }

  #pause(now: number): number {
    const next = this.next?.getTime() ?? Number.POSITIVE_INFINITY;
    return Math.min(Math.max(next - now, 0), LONGEST_SLEEP_MS);
  }
}
