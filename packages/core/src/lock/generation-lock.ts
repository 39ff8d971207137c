import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { type Generation, Generations } from "./generations.ts";
import { heldHere } from "./held-here.ts";
import { HeldLock } from "./held-lock.ts";
import type { LockRecord } from "./lock-record.ts";
import { DEFAULT_LOCK, type LockSettings } from "./lock-settings.ts";
import { BUSY_MESSAGE } from "./operation-lock.ts";
import { hostClock, isAlive, type ProcessIdentity } from "./process-identity.ts";

/** How much longer than the holder's ttl a watcher waits before it takes over. */
const PATIENCE = 1.25;
/** How many looks a watcher takes within one renewal of the holder. */
const LOOKS = 4;
/** How often the creation of one number is tried that is taken and that no list shows. */
const MOST_TRIES = 6;
/** The longest pause after the second of them, in milliseconds; each further one may be twice as long. */
const FIRST_PAUSE_MS = 20;

/**
 * A lock across processes and hosts, made of create-if-absent alone. Objects `.stowage-lock.<N>` are its generations; the
 * highest is current. Whoever creates N + 1 when N is released or dead, and sees that no higher one is there, holds it: exactly one
 * can, and N + 1 is the fencing token. The highest is never removed, what lies below its predecessor is: `docs/lock.md` argues why.
 *
 * A holder of this host counts as dead when its process is gone, or by its own word has not renewed for 1.25 × ttl; any other
 * when its object stayed the same for so long on the watcher's own monotonic clock. No wall clock is read. Correctness of backups
 * does not rest on it: it saves double work.
 */
export class GenerationLock {
  readonly #generations: Generations;
  readonly #settings: LockSettings;

  constructor(filesystem: Filesystem, settings: Partial<LockSettings> = {}) {
    this.#generations = new Generations(filesystem);
    this.#settings = { ...DEFAULT_LOCK, ...settings };
  }

  /**
   * Takes the lock. `BUSY` as soon as the holder is known to live, which takes up to a third of the ttl if it is on another host;
   * a dead one there is waited for, 1.25 × ttl. `INTERNAL` if the storage does not list what lies in it.
   */
  async acquire(operation: string, key: string, signal: AbortSignal): Promise<HeldLock> {
    const self = await this.#settings.identify();
    for (let wanted = 0, tries = 0; ; ) {
      const current = await this.#current(signal);
      if (current && (await this.#isHeld(current, self, signal))) throw busy(operation, key);
      const number = (current?.number ?? 0) + 1;
      const lock = await this.#take(number, { operation, key, process: self }, signal);
      if (lock) return lock;
      tries = number === wanted ? tries + 1 : 1;
      wanted = number;
      if (tries === MOST_TRIES) throw hidden(operation, key);
      if (tries > 1) await delay(FIRST_PAUSE_MS * 2 ** (tries - 2) * Math.random(), undefined, { signal });
    }
  }

  /** Throws `BUSY` if somebody holds the lock for `key`. Does not wait: in doubt the holder lives. */
  async assertFree(key: string, operation: string, signal: AbortSignal): Promise<void> {
    const current = await this.#current(signal);
    const { record } = current ?? {};
    if (!record || record.key !== key || record.isReleased) return;
    if (!(await isKnownDead(record, await this.#settings.identify()))) throw busy(operation, key);
  }

  async #take(
    number: number,
    wanted: Pick<LockRecord, "operation" | "key" | "process">,
    signal: AbortSignal,
  ): Promise<HeldLock | undefined> {
    const { ttlMs } = this.#settings;
    const startedAt = this.#settings.now();
    const sign = { renewals: 0, ttlMs, renewedAt: hostClock() };
    const record: LockRecord = { ...wanted, ...sign, holder: randomUUID(), isReleased: false };
    heldHere().add(record.holder);
    const onEnd = () => void heldHere().delete(record.holder);
    const isCreated = await this.#generations.create(number, record, signal).catch((error: unknown) => {
      onEnd();
      throw error;
    });
    if (!isCreated) return void onEnd();
    const lock = new HeldLock(this.#generations, { number, record, startedAt, settings: this.#settings, onEnd });
    return (await lock.settle(signal)) ? lock : undefined;
  }

  /** Reads the highest generation. One that is gone by then has a successor; one that stays listed has a holder nobody knows. */
  async #current(signal: AbortSignal): Promise<Generation | undefined> {
    for (let gone = 0; ; ) {
      const number = await this.#generations.highest(signal);
      if (number === 0) return undefined;
      const current = await this.#generations.read(number, signal);
      if (current) return current;
      if (number === gone) return { number, content: "", record: undefined };
      gone = number;
    }
  }

  /** Watches a generation until it is known whether its holder lives. */
  async #isHeld(seen: Generation, self: ProcessIdentity, signal: AbortSignal): Promise<boolean> {
    const isDead = seen.record?.isReleased || (await isKnownDead(seen.record, self));
    if (isDead !== undefined) return !isDead;
    const { now } = this.#settings;
    const { ttlMs = this.#settings.ttlMs } = seen.record ?? {};
    const startedAt = now();
    while (now() - startedAt < PATIENCE * ttlMs) {
      await delay(ttlMs / 3 / LOOKS, undefined, { signal });
      const current = await this.#current(signal);
      if (current?.number !== seen.number) return false; // another generation: look at that one
      if (current.content !== seen.content) return !current.record?.isReleased;
    }
    return false;
  }
}

/** Whether the holder is gone, as far as this process can know: nothing for one of another host or thread. */
async function isKnownDead(record: LockRecord | undefined, self: ProcessIdentity): Promise<boolean | undefined> {
  if (record?.process.host !== self.host) return undefined;
  const isThisProcess = record.process.pid === self.pid && record.process.startedAt === self.startedAt;
  if (isThisProcess) return record.process.thread === self.thread ? !heldHere().has(record.holder) : undefined;
  return (await isAlive(record.process)) ? isOverdue(record) : true;
}

/** Whether a holder of this host that lives has given up the lock: it was stopped, or too busy to renew. */
function isOverdue({ ttlMs, renewedAt }: LockRecord): boolean | undefined {
  if (ttlMs === undefined || renewedAt === undefined) return undefined;
  return hostClock() - renewedAt > PATIENCE * ttlMs;
}

function busy(operation: string, key: string): StowageError {
  return new StowageError("BUSY", BUSY_MESSAGE, { operation, key });
}

/** Whoever comes second to a number sees it in the next list, unless the storage shows no key that starts with a dot. */
function hidden(operation: string, key: string): StowageError {
  const message = "the lock lies in the storage and no list shows it: does its driver hide keys that start with a dot?";
  return new StowageError("INTERNAL", message, { operation, key });
}
