import { linkSignals } from "../../abort.ts";
import { type ErrorCode, StowageError } from "../../errors.ts";
import type { Filesystem } from "../../filesystem/filesystem.ts";
import { GenerationLock } from "../../lock/generation-lock.ts";
import { HeldLock } from "../../lock/held-lock.ts";
import type { LockMode } from "../../lock/lock-settings.ts";
import type { Operation } from "./operations.ts";

/**
 * What a storage answers that can hold no lock at all: it knows no create-only writes, takes no key with a leading dot, or lists
 * none. A create does without it.
 */
const UNABLE: ReadonlySet<ErrorCode> = new Set(["UNSUPPORTED", "INVALID_KEY", "INTERNAL"]);

const WAY_OUT = 'with lock: "process" it keeps out this process alone';
const SILENCE = 'lock: "process" says that this is meant';

/** That there is no lock in the storage. */
interface Without {
  /** Whether it refused the create-only write that makes one, as it would refuse that of an archive. */
  readonly refusesConditions?: boolean;
}

/** The lock that lies in the storage, for one manager. Goes without one where the mode is "auto": see `#acquire`. */
export class StorageLock {
  readonly #mode: LockMode;
  readonly #ttlMs: number;
  #hasWarned = false;

  constructor(mode: LockMode, ttlMs: number) {
    this.#mode = mode;
    this.#ttlMs = ttlMs;
  }

  /** Runs `action` while the lock is held. `BUSY` if another process holds it; `LOCK_LOST` ends the operation at once. */
  async hold<T>(
    filesystem: Filesystem,
    operation: Operation,
    action: (operation: Operation) => Promise<T>,
  ): Promise<T> {
    const held = await this.#acquire(filesystem, operation);
    if (!(held instanceof HeldLock)) return action({ ...operation, canCreateOnly: !held.refusesConditions });
    using linked = linkSignals(operation.signal, held.signal);
    const fence = { assertFresh: () => held.assertFresh(), confirm: () => held.confirm(operation.signal) };
    try {
      return await action({ ...operation, signal: linked.signal, fence });
    } catch (error) {
      throw held.signal.aborted && isAboutTheSignal(error) ? held.signal.reason : error;
    } finally {
      await held.release();
    }
  }

  /** Throws `BUSY` if another process creates or restores the key. */
  async assertFree(filesystem: Filesystem, key: string, operation: string, signal: AbortSignal): Promise<void> {
    if (this.#mode === "process" || !filesystem.capabilities.conditionalCreate) return;
    await this.#lockOf(filesystem).assertFree(key, operation, signal);
  }

  async #acquire(filesystem: Filesystem, operation: Operation): Promise<HeldLock | Without> {
    if (this.#mode === "process") return {};
    if (!filesystem.capabilities.conditionalCreate) return this.#doWithout("it cannot create conditionally");
    const { name, key, signal } = operation;
    try {
      return await this.#lockOf(filesystem).acquire(name, key, signal);
    } catch (error) {
      if (!(error instanceof StowageError) || error.code === "BUSY" || error.code === "ABORTED") throw error;
      const canDoWithout = name !== "create" || UNABLE.has(error.code) || error.retryable;
      const refusesConditions = error.code === "UNSUPPORTED";
      if (canDoWithout && this.#mode === "auto") return { ...this.#doWithout(error.message), refusesConditions };
      const message = `cannot take the lock in the storage: ${error.message}; ${WAY_OUT}`;
      throw new StowageError(error.code, message, { operation: name, key, cause: error, retryable: error.retryable });
    }
  }

  #doWithout(why: string): Without {
    if (this.#mode === "required") {
      throw new StowageError("UNSUPPORTED", `lock: the storage cannot hold the required lock: ${why}; ${WAY_OUT}`);
    }
    if (this.#hasWarned) return {};
    this.#hasWarned = true;
    const message = `the storage holds no lock, so other processes are not kept out: ${why}; ${SILENCE}`;
    process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_LOCK_OF_PROCESS_ONLY" });
    return {};
  }

  #lockOf(filesystem: Filesystem): GenerationLock {
    return new GenerationLock(filesystem, { ttlMs: this.#ttlMs });
  }
}

function isAboutTheSignal(error: unknown): boolean {
  return error instanceof StowageError && (error.code === "ABORTED" || error.code === "LOCK_LOST");
}
