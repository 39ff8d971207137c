import type { SignalOption } from "../../filesystem/filesystem-options.ts";
import type { ReadRange } from "../../filesystem/read-range.ts";
import type { Progress } from "../../progress.ts";

export interface OperationOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called from time to time with the work done so far. If it throws, the operation fails. A promise is not waited for. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface CreateOptions extends OperationOptions {
  /** `[a-z0-9_-]+.zip`, at most 150 characters. The time in UTC when left out. */
  readonly name?: string;
  /** Whether a data directory without any file is backed up. The manager's option when left out. */
  readonly allowEmpty?: boolean;
}

export interface UploadOptions extends OperationOptions {
  /** How the archive is judged: as a whole before it is stored (default), or by its first bytes alone. */
  readonly check?: "archive" | "magic";
}

export interface DownloadOptions extends SignalOption {
  /** All bytes when left out. */
  readonly range?: ReadRange;
}

export interface RestoreOptions extends OperationOptions {
  /** Whether what is replaced is kept until `confirm` or `rollback`. */
  readonly keepPrevious?: boolean;
  /** Whether an archive of another program may replace data of which it has not one name at the top. */
  readonly allowUnrelated?: boolean;
  /** Whether an archive without any file may replace files. The manager's option when left out. */
  readonly allowEmpty?: boolean;
}

export interface DrillOptions extends OperationOptions {
  /** The newest backup that is not known to be damaged when left out. */
  readonly key?: string;
  /** Looks at what was restored, in a directory that is removed afterwards. If it throws, the drill fails (`INVALID_ARCHIVE`, "check-failed"). */
  readonly check?: ((directory: string) => void | Promise<void>) | undefined;
}

export interface PruneOptions extends SignalOption {
  /** Keys that stay whatever the policy says. */
  readonly keep?: readonly string[];
  /** Whether nothing is removed, and the report says what would be. */
  readonly dryRun?: boolean;
}

export interface RestoreCallOptions extends RestoreOptions {
  /** Whether nothing is restored, and what would happen is told. */
  readonly dryRun?: boolean;
}

export interface RestorePlanOptions extends RestoreOptions {
  readonly dryRun: true;
}

export interface ExtractOptions extends OperationOptions {
  /** Globs (picomatch), of which one for a directory takes all below it, or a function over entry names; all when left out. */
  readonly select?: readonly string[] | ((name: string) => boolean);
  /** A directory that is missing or empty. */
  readonly to: string;
}
