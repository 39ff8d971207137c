import type { BackupManager } from "@stowage/core";
import type { Result } from "./wire-status.ts";

/** Remembers how the last operation of each kind ended: a restore's outcome must not go when the next upload ends. */
export class LastResults {
  readonly #byOperation = new Map<string, Result>();

  constructor(manager: BackupManager) {
    const keep = () => {
      const { last } = manager.status(); // what it warns of is not in the event
      if (!last) return;
      this.#byOperation.delete(last.operation);
      this.#byOperation.set(last.operation, last);
    };
    keep();
    manager.on("done", keep);
    manager.on("failed", keep);
  }

  /** The newest first. */
  list(): Result[] {
    return [...this.#byOperation.values()].reverse();
  }
}
