import { StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";
import type { Progress } from "../progress.ts";
import { warnOf } from "../warn-of.ts";
import type { PlannedCopy } from "./plan-copies.ts";

interface ProgressOptions {
  readonly destinations: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the copy. */
  stop(reason: unknown): void;
}

/** Counts what is done, and tells it. */
export class CopyProgress {
  readonly #totals: Pick<Progress, "entriesTotal" | "bytesTotal">;
  readonly #options: ProgressOptions;
  #done = { entriesDone: 0, bytesDone: 0 };
  #failure: StowageError | undefined;

  constructor(planned: readonly PlannedCopy[], options: ProgressOptions) {
    const { destinations } = options;
    const bytes = planned.reduce((total, each) => total + sizeOf(each), 0);
    this.#totals = { entriesTotal: planned.length * destinations, bytesTotal: bytes * destinations };
    this.#options = options;
    this.#tell(this.#done);
  }

  /** Returns what counts the bytes of one backup, and what ends that. A backup counts wholly, however it ended. */
  next(backup: PlannedCopy): { add(bytes: number): void; end(): void } {
    const { entriesDone, bytesDone } = this.#done;
    let sent = 0;
    return {
      add: (bytes) => {
        sent = Math.min(sent + bytes, sizeOf(backup));
        this.#tell({ entriesDone, bytesDone: bytesDone + sent });
      },
      end: () => {
        this.#done = { entriesDone: entriesDone + 1, bytesDone: bytesDone + sizeOf(backup) };
        this.#tell(this.#done);
      },
    };
  }

  /** Throws what `onProgress` threw. */
  assertWell(): void {
    if (this.#failure) throw this.#failure;
  }

  #tell(done: Pick<Progress, "entriesDone" | "bytesDone">): void {
    if (this.#failure) return;
    try {
      const told: unknown = this.#options.onProgress?.({ phase: "copy", ...this.#totals, ...done });
      if (told instanceof Promise) told.catch(warnOf);
    } catch (error) {
      this.#failure = new StowageError("INTERNAL", `onProgress threw: ${messageOf(error)}`, { cause: error });
      this.#options.stop(this.#failure);
    }
  }
}

function sizeOf(backup: PlannedCopy): number {
  return "info" in backup ? backup.info.size : 0;
}
