import { CloseGrace, LEFT_BEHIND } from "../../close-grace.ts";
import { describeCall } from "../../filesystem/wrap-error.ts";
import { warnOf } from "../../warn-of.ts";
import type { BackupHooks } from "./backup-hooks.ts";
import { insideHookOf, operationsAround } from "./hook-context.ts";

interface Running {
  readonly operation: string;
  readonly key: string | undefined;
  readonly ended: Promise<void>;
  /** Ends the wait for it, whatever it still does. */
  leave(): void;
}

/** What a manager is doing. Knows which operation waits for the hook that calls it, so that none waits for itself. */
export class RunningOperations {
  readonly #running = new Set<Running>();

  /** Notes an operation until it is disposed of. `left` aborts when `end` waits no more for it. */
  enter(operation: string, key: string | undefined): Disposable & { readonly left: AbortSignal } {
    const left = new AbortController();
    let settle = () => {};
    const ended = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const running = { operation, key, ended, leave: () => left.abort(LEFT_BEHIND) };
    this.#running.add(running);
    return {
      left: left.signal,
      [Symbol.dispose]: () => {
        this.#running.delete(running);
        settle();
      },
    };
  }

  /** Makes hooks in which `end` does not wait for `operation()`, which is what runs them. */
  hooked(hooks: BackupHooks, names: readonly string[], operation: () => string | undefined): BackupHooks {
    const source = hooks as Readonly<Record<string, ((details: never) => unknown) | undefined>>;
    const hook = (name: string) => (details: never) => {
      const own = [...this.#running].find((running) => running.operation === operation());
      return own ? insideHookOf(own, () => source[name]?.(details)) : source[name]?.(details);
    };
    return Object.fromEntries(names.map((name) => [name, hook(name)]));
  }

  /**
   * Waits for what is running, and runs `finish`. Called from a hook it waits for all but the operation of that hook, and `finish`
   * follows when that one has ended. What takes longer than the grace time is left behind, and rejects.
   */
  async end(finish: () => Promise<void>): Promise<void> {
    using grace = new CloseGrace("manager");
    const around = operationsAround();
    const own = [...this.#running].find((running) => around.includes(running));
    await grace.wait(this.#settled(own), () => this.#others(own).map(describeCall));
    for (const { leave } of this.#others(own)) leave();
    if (!own || !this.#running.has(own)) return await grace.wait(finish(), () => ["close of the filesystem"]);
    finishAfter(own.ended, finish);
  }

  async #settled(own: Running | undefined): Promise<void> {
    for (;;) {
      const others = this.#others(own);
      if (others.length === 0) return;
      await Promise.all(others.map(({ ended }) => ended));
    }
  }

  #others(own: Running | undefined): Running[] {
    return [...this.#running].filter((running) => running !== own);
  }
}

/** Nobody waits for this, so nobody but the process can be told of a failure. */
function finishAfter(ended: Promise<void>, finish: () => Promise<void>): void {
  ended.then(finish).catch(warnOf);
}
