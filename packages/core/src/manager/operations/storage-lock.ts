import { linkSignals } from "../../abort.ts";
import { StowageError } from "../../errors.ts";
import type { Filesystem } from "../../filesystem/filesystem.ts";
import { GenerationLock } from "../../lock/generation-lock.ts";
import type { HeldLock } from "../../lock/held-lock.ts";
import type { LockMode } from "../../lock/lock-settings.ts";
import type { Operation } from "./operations.ts";

/** The lock that lies in the storage, for one manager. */
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
    if (!held) return action(operation);
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

  async #acquire(filesystem: Filesystem, { name, key, signal }: Operation): Promise<HeldLock | undefined> {
    if (this.#mode === "process") return undefined;
    if (!filesystem.capabilities.conditionalCreate) return this.#doWithout("it cannot create conditionally");
    try {
      return await this.#lockOf(filesystem).acquire(name, key, signal);
    } catch (error) {
      if (!(error instanceof StowageError) || error.code === "BUSY" || error.code === "ABORTED") throw error;
      if (error.code === "PERMISSION_DENIED" && name === "restore") return this.#doWithout("it may not be written");
      if (error.retryable && this.#mode === "auto") return this.#doWithout(error.message);
      const context = { operation: name, key, cause: error, retryable: error.retryable };
      throw new StowageError(error.code, `cannot take the lock in the storage: ${error.message}`, context);
    }
  }

  #doWithout(why: string): undefined {
    if (this.#mode === "required") {
      throw new StowageError("UNSUPPORTED", `lock: the storage cannot hold the required lock: ${why}`);
    }
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const message = `the storage holds no lock, so only this process is kept out: ${why}`;
    process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_LOCK_OF_PROCESS_ONLY" });
  }

  #lockOf(filesystem: Filesystem): GenerationLock {
    return new GenerationLock(filesystem, { ttlMs: this.#ttlMs });
  }
}

function isAboutTheSignal(error: unknown): boolean {
  return error instanceof StowageError && (error.code === "ABORTED" || error.code === "LOCK_LOST");
}
