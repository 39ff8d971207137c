import type { CaseContext } from "./case-context.ts";
import type { Need } from "./needs.ts";

/** `fast` runs everywhere, `slow` moves hundreds of megabytes or kills processes, `remote` fetches a URL for each kind of key. */
export type Tier = "fast" | "slow" | "remote";

/** One promise, and the check that holds a filesystem to it. */
export interface ContractCase {
  /** Stable: `group/what-is-promised`. Deviations and reports name it. */
  readonly id: string;
  /** A sentence that is true when the case passes. */
  readonly title: string;
  readonly tier: Tier;
  /** What the filesystem or its harness must have. Without it the case is skipped, visibly. */
  readonly needs?: readonly Need[];
  /** Counts what the whole process holds, so no other case may run beside it. */
  readonly isExclusive?: boolean;
  /** Runs behind a prefix too: what stands in front of a key can make a difference. */
  readonly isPrefixed?: boolean;
  /** Holds `Filesystem` itself to its word, whatever the driver does. Run with this library, not with each driver. */
  readonly isPortable?: boolean;
  /** Rejects if the promise is broken. */
  run(context: CaseContext): Promise<void>;
}
