import { StowageError } from "../errors.ts";
import type { Generations } from "./generations.ts";
import type { LockRecord } from "./lock-record.ts";
import type { LockSettings } from "./lock-settings.ts";
import { hostClock } from "./process-identity.ts";

export interface Acquisition {
  readonly number: number;
  readonly record: LockRecord;
  /** When the creation of the generation was sent, by `settings.now()`. */
  readonly startedAt: number;
  readonly settings: LockSettings;
  /** Called once, when the lock is released or lost. */
  onEnd(): void;
}

/** After this part of the ttl without a renewal a holder stops by itself, before anybody takes over. */
const SELF_FENCE = 2 / 3;

const UNRENEWED =
  "it could not be renewed in time; look whether this process or the storage stood still, and try again";

/** How many generations below its own a holder leaves there. One, because a list may miss a name that is being replaced. */
const PREDECESSORS = 1;

/** The lock while this process holds it: renews itself, and says when it was lost. */
export class HeldLock {
  readonly #generations: Generations;
  readonly #acquisition: Acquisition;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #record: LockRecord;
  #renewedAt: number;
  #renewing: Promise<void> | undefined;
  /** Why the last renewal that failed did. */
  #failure: unknown;
  #tidying: Promise<void> | undefined;

  constructor(generations: Generations, acquisition: Acquisition) {
    this.#generations = generations;
    this.#acquisition = acquisition;
    this.#record = acquisition.record;
    this.#renewedAt = acquisition.startedAt;
    this.#timer = setInterval(() => this.#tick(), acquisition.settings.ttlMs / 12).unref();
  }

  /** The fencing token: rises with each acquisition. */
  get token(): number {
    return this.#acquisition.number;
  }

  /** Aborts with `LOCK_LOST` when the lock can no longer be relied on. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Says whether the lock is held, which comes before anything else. It is not if a higher generation is there: a process that
   * slept may create a number whose time is over. That one is removed again. If the storage does not answer, the lock is released.
   */
  async settle(signal: AbortSignal): Promise<boolean> {
    const numbers = await this.#generations.numbers(signal).catch(async (error: unknown) => {
      await this.release();
      throw error;
    });
    const isHeld = numbers.every((number) => number <= this.token);
    if (!isHeld) await this.#stop();
    this.#tidying = this.#remove(
      isHeld ? numbers.filter((number) => number < this.token - PREDECESSORS) : [this.token],
    );
    if (!isHeld) await this.#tidying;
    return isHeld;
  }

  /** Throws `LOCK_LOST` if the last renewal is too old. Costs nothing: for each step before something is changed. */
  assertFresh(): void {
    if (this.#isStale()) this.#lose(UNRENEWED);
    this.signal.throwIfAborted();
  }

  /**
   * Throws `LOCK_LOST` unless this generation is still the highest. For the moment before something is published.
   * If the storage cannot tell, such as a mirror of which one side went down, the age of the last renewal decides.
   */
  async confirm(signal: AbortSignal): Promise<void> {
    this.assertFresh();
    const highest = await this.#generations.highest(signal).catch((error: unknown) => {
      if (error instanceof StowageError && error.retryable) return this.token;
      throw error;
    });
    if (highest !== this.token)
      this.#lose(
        `generation ${highest} took over from ${this.token}; another process works there, or this one stood still: try again`,
      );
    this.assertFresh();
  }

  /**
   * Marks the generation as released, or makes a released one above it where the storage refuses to replace an object. One that
   * was lost is left alone; if the mark fails, others wait for the ttl.
   */
  async release(): Promise<void> {
    await this.#stop();
    if (!this.#isStale() && !this.signal.aborted) {
      await this.#markReleased(AbortSignal.timeout(this.#acquisition.settings.ttlMs)).catch(() => {});
    }
    await this.#tidying;
  }

  async #markReleased(signal: AbortSignal): Promise<void> {
    const record = { ...this.#record, isReleased: true };
    try {
      await this.#generations.rewrite(this.token, record, signal);
    } catch (error) {
      if (isRefusal(error)) await this.#generations.create(this.token + 1, record, signal);
    }
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    this.#acquisition.onEnd();
  }

  /** What cannot be removed lies there until the next holder tries. */
  async #remove(numbers: readonly number[]): Promise<void> {
    const signal = AbortSignal.timeout(this.#acquisition.settings.ttlMs);
    await this.#generations.remove(numbers, signal).catch(() => {});
  }

  #tick(): void {
    const { settings } = this.#acquisition;
    if (this.#isStale()) this.#lose(UNRENEWED);
    if (this.signal.aborted || this.#renewing || settings.now() - this.#renewedAt < settings.ttlMs / 3) return;
    this.#renewing = this.#renew().finally(() => {
      this.#renewing = undefined;
    });
  }

  /**
   * A renewal that fails is tried again by the next tick, until the lock is stale. One that the storage refuses, as a bucket with a
   * retention policy does, is no loss while a list shows no higher generation: nobody took over.
   */
  async #renew(): Promise<void> {
    const { settings } = this.#acquisition;
    const record = { ...this.#record, renewals: this.#record.renewals + 1, renewedAt: hostClock() };
    const sentAt = settings.now();
    const timeoutMs = Math.ceil(settings.ttlMs / 3); // `timeout` throws at a fraction
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await this.#generations.rewrite(this.token, record, signal).catch((error: unknown) => {
        this.#failure = error;
        if (!isRefusal(error)) throw error;
        return this.#look(signal);
      });
      this.#record = record;
      this.#renewedAt = sentAt;
    } catch {
      if (this.#isStale()) this.#lose(UNRENEWED);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const highest = await this.#generations.highest(signal);
    if (highest !== this.token) this.#lose(`generation ${highest} took over from ${this.token}`);
    this.signal.throwIfAborted();
  }

  #isStale(): boolean {
    const { settings } = this.#acquisition;
    return settings.now() - this.#renewedAt > SELF_FENCE * settings.ttlMs;
  }

  #lose(why: string): void {
    clearInterval(this.#timer);
    this.#acquisition.onEnd();
    const { operation, key } = this.#record;
    const cause = this.#failure;
    const context = { operation, key, ...(cause === undefined ? {} : { cause }) };
    this.#lost.abort(new StowageError("LOCK_LOST", `the lock was lost: ${why}`, context));
  }
}

/** Whether the storage answered, and will answer the same again. */
function isRefusal(error: unknown): boolean {
  return error instanceof StowageError && !error.retryable && !["ABORTED", "INTERNAL"].includes(error.code);
}
