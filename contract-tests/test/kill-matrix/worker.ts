import { ALL_FLAWS } from "./matrix.ts";
import { runFlaw } from "./run-flaw.ts";

/** What a worker is asked for. */
export interface Order {
  /** The flaw's number. */
  readonly index: number;
  readonly concurrency: number;
  readonly without: readonly string[];
}

process.on("message", async ({ index, concurrency, without }: Order) => {
  const flaw = ALL_FLAWS[index];
  if (flaw) await runFlaw({ flaw, concurrency, without, progress: (event) => process.send?.(event) });
  process.send?.({ done: true });
});
process.on("disconnect", () => process.exit());
