import type { StowageError } from "../errors.ts";
import type { Copy } from "../filesystem/copy.ts";
import type { SignalOption } from "../filesystem/filesystem-options.ts";
import type { Progress } from "../progress.ts";

export interface CopyOptions extends SignalOption {
  /** The backups to copy. All that `from` lists when left out. */
  readonly keys?: readonly string[] | undefined;
  /** Only so many of those that `from` lists, the newest. Not beside `keys`. */
  readonly latest?: number | undefined;
  /** Called with the backups and bytes that are done, in the phase "copy". If it throws, the copy ends with its error. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What became of one backup in one destination. */
export interface BackupCopy {
  readonly key: string;
  /** Bytes. Absent if the backup could not be described. */
  readonly size?: number;
  /** Which destination of a mirrored filesystem. Absent if `to` is none. */
  readonly destination?: string;
  /**
   * "copied": stored and read back. "present": it was there with the same bytes, and nothing was sent. "conflict": something else lies
   * under the key, and stays. "failed": it is not there, and another copy tries again.
   */
  readonly outcome: "copied" | "present" | "conflict" | "failed";
  /** Of a conflict (`ALREADY_EXISTS`) and a failure. */
  readonly error?: StowageError;
}

export interface CopyReport {
  /** Each backup in each destination, in the order in which they were taken. */
  readonly backups: readonly BackupCopy[];
  /** Which destinations of a mirrored `from` could not be listed, and why: what only they have is not among these. */
  readonly unseen: readonly Copy[];
  /** How many of the backups had which outcome. */
  readonly copied: number;
  readonly present: number;
  readonly conflicts: number;
  readonly failed: number;
}
