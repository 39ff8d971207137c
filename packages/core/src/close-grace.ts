import { setImmediate } from "node:timers/promises";
import { StowageError } from "./errors.ts";

/** How long a close waits for what does not stop when it is told to, in milliseconds. */
const CLOSE_GRACE_MS = 10_000;

/** What the call that is left behind rejects with. */
export const LEFT_BEHIND = new StowageError(
  "CLOSED",
  "it was closed and this did not stop, so that it may still take effect",
);

/** One span of time in which something is to come to its end. What takes longer is left behind, with a warning of the process. */
export class CloseGrace implements Disposable {
  readonly #what: string;
  readonly #expiry: Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(what: string) {
    this.#what = what;
    this.#expiry = new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        this.#isOver = true;
        resolve();
      }, CLOSE_GRACE_MS);
    });
  }

  /** Settles as `work` does, or resolves when the time is over. `unfinished` names what the warning is about. */
  async wait(work: Promise<void>, unfinished: () => readonly string[]): Promise<void> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {}); // it may fail after nobody waits any more
    await Promise.race([done, this.#isOver ? setImmediate() : this.#expiry]);
    if (!isDone) this.#warn(unfinished());
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #warn(unfinished: readonly string[]): void {
    const message = `the ${this.#what} was closed after ${CLOSE_GRACE_MS / 1_000} s, and this did not stop: ${unfinished.join(", ")}`;
    process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_CLOSE_UNFINISHED" });
  }
}
