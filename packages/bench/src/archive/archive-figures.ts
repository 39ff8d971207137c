import type { Goal } from "../goal.ts";
import type { Machine } from "../machine.ts";
import type { ArchiveOptions } from "./archive-options.ts";
import type { DatasetFigures } from "./bench-dataset.ts";

/** What `--json` writes. */
export interface ArchiveFigures extends Machine, Omit<ArchiveOptions, "json" | "svg" | "directory"> {
  readonly benchmark: "archive";
  /** Whether archives and trees lay in memory, or on a disk. */
  readonly place: "memory" | "disk";
  /** The programs that took part, with their versions. */
  readonly tools: Readonly<Record<string, string>>;
  /** Why others took none. */
  readonly missing: Readonly<Record<string, string>>;
  readonly results: readonly DatasetFigures[];
  readonly goals: readonly Goal[];
  /** Why the run failed. A goal that is missed is not in here. */
  readonly problems: readonly string[];
}
