import { StowageError } from "../errors.ts";

export type OperationName = "create" | "restore" | "rollback" | "confirm" | "recover";

/** What holds the lock. */
export interface ActiveOperation {
  readonly operation: OperationName;
  /** The archive; empty for `recover`. */
  readonly key: string;
  readonly startedAt: Date;
}

/** The words of the PocketBase API. */
export const BUSY_MESSAGE = "Try again later - another backup/restore process has already been started.";

/** Lets one operation on the data of this process run at a time, and protects the key that it works on. */
export class OperationLock {
  #active: ActiveOperation | undefined;

  get active(): ActiveOperation | undefined {
    return this.#active;
  }

  /** Takes the lock in the same turn of the event loop, or throws `BUSY`. Returns what releases it. */
  acquire(operation: OperationName, key: string): Disposable & { rename(key: string): void } {
    if (this.#active) throw new StowageError("BUSY", BUSY_MESSAGE, { operation, key });
    const startedAt = new Date();
    this.#active = { operation, key, startedAt };
    return {
      rename: (other) => {
        if (this.#active?.startedAt === startedAt) this.#active = { operation, key: other, startedAt };
      },
      [Symbol.dispose]: () => {
        this.#active = undefined;
      },
    };
  }

  /** Throws `BUSY` if the key is being created or restored. */
  assertFree(key: string, operation: string): void {
    if (this.#active?.key === key) throw new StowageError("BUSY", BUSY_MESSAGE, { operation, key });
  }
}
