import { type Awaitable, isLater } from "../../concurrency/steps.ts";
import { errnoOf } from "../../disk/errno-of.ts";
import type { SkippedEntry } from "../skipped-entry.ts";

/** What a file system may not be able to keep. The content always counts. */
export type Refusable = "mode" | "time" | "owner" | "link";

/** As CIFS, exFAT, FUSE and mounts with fixed owners say that they do not keep it. */
const CODES: ReadonlySet<string | undefined> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "ENOSYS"]);

/** What a file system refused, the first name of each kind. */
export class Refusals {
  readonly #names = new Map<Refusable, string>();

  note(kind: Refusable, name: string): void {
    if (!this.#names.has(kind)) this.#names.set(kind, name);
  }

  /** In the form of warnings, such as "mode-refused". */
  get warnings(): SkippedEntry[] {
    return [...this.#names].map(([kind, name]) => ({ name, reason: `${kind}-refused` }));
  }

  /** As a message between threads. */
  get pairs(): readonly (readonly [Refusable, string])[] {
    return [...this.#names];
  }

  /** Does something that a file system may refuse. Any other failure counts. */
  attempt(kind: Refusable, name: string, action: () => Awaitable<void>): Awaitable<void> {
    const refused = (error: unknown) => {
      if (!CODES.has(errnoOf(error))) throw error;
      this.note(kind, name);
    };
    try {
      const done = action();
      return isLater(done) ? done.catch(refused) : undefined;
    } catch (error) {
      return refused(error);
    }
  }
}
