import type { BackupManager, OperationEvents } from "@stowage/core";
import type { Result } from "./wire-status.ts";

/** Remembers how the last operation of each kind ended: a restore's outcome must not go when the next upload ends. */
export class LastResults {
  readonly #byOperation = new Map<string, Result>();

  constructor(manager: BackupManager) {
    const { last } = manager.status();
    if (last) this.#byOperation.set(last.operation, last);
    const keep = (ended: OperationEvents["done"][0] | OperationEvents["failed"][0]) => {
      this.#byOperation.delete(ended.operation);
      this.#byOperation.set(ended.operation, { ...ended, finishedAt: new Date() });
    };
    manager.on("done", keep);
    manager.on("failed", keep);
  }

  /** The newest first. */
  list(): Result[] {
    return [...this.#byOperation.values()].reverse();
  }
}
