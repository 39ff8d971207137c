import type { Disk } from "../../disk/disk.ts";

export interface PlanOptions {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly id: string;
  /** Whether the previous content of the same id comes back, instead of staged content coming in. */
  readonly isRollback?: boolean;
  /** Whether an entry stays as it is; its name is relative to the data directory. */
  isKept(name: string): boolean;
  /** The file whose move decides: first out, last in. */
  readonly sentinel?: string | undefined;
  /** Mounts below the data directory whose content is swapped too, each on its own volume. The mount point stays. */
  readonly mounts: readonly string[];
  /** Directories that stay in place even with nothing kept below them, because the staged content was parted there. */
  readonly roots?: readonly string[];
}
