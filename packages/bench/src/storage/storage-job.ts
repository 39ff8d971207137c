import type { Stopwatch } from "../archive/stopwatch.ts";

/** What is done, and how much came of it. */
export type Action = (stopwatch: Stopwatch) => Promise<{ amount: number; wallMs?: number }>;

/** A job that is ready to be done in this process. */
export interface StorageJob {
  readonly action: Action;
  /** Whether it can be done once beforehand, so that code is compiled and connections are open, as in a process that runs. */
  readonly canWarmUp: boolean;
  close?(): Promise<void>;
}
