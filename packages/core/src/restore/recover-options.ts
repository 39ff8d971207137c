import type { Disk } from "../disk/disk.ts";
import { StowageError } from "../errors.ts";
import { checked } from "../filesystem/call-options.ts";
import { assertOptions } from "../options/assert-options.ts";
import { type OptionRules, rule } from "../options/option-rules.ts";

export interface RecoverOptions {
  /** How long a living process that restores or recovers the data directory is waited for, in milliseconds. Default 30,000. */
  readonly patienceMs?: number | undefined;
  readonly disk?: Disk | undefined;
}

const NEEDS_RECOVERY: OptionRules<{ disk?: Disk }> = { disk: rule.object };
const RECOVER: OptionRules<RecoverOptions> = { ...NEEDS_RECOVERY, patienceMs: rule.wholeNumber(0) };

/** Checks the arguments of `recover` and `needsRecovery` before the disk is looked at. `INVALID_ARGUMENT`. */
export function checkRecover(operation: "recover" | "needsRecovery", dataDir: unknown, options: unknown): void {
  checked({ operation }, () => {
    if (!rule.path.accepts(dataDir)) throw new StowageError("INVALID_ARGUMENT", `dataDir: not ${rule.path.expected}`);
    assertOptions(options, operation === "recover" ? RECOVER : NEEDS_RECOVERY, { code: "INVALID_ARGUMENT" });
  });
}
