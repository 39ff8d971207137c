import type { ManagedCalls } from "./operations/managed-calls.ts";
import type { RestoreCallOptions } from "./operations/operation-options.ts";
import { planRestore } from "./plan-restore.ts";
import { restoreBackup } from "./restore-backup.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { checkCall } from "./settings/check-call.ts";
import type { RestoreReport } from "./settings/manager-options.ts";

/** Restores, alone; or says what that would do, beside anything else. */
export async function restoreOrPlan(
  calls: ManagedCalls,
  key: string,
  options: RestoreCallOptions,
): Promise<RestoreReport | RestorePlan> {
  checkCall("restore", options, key);
  const { keepPrevious = false, allowUnrelated = false, allowEmpty = calls.settings.allowEmpty } = options;
  const given = { keepPrevious, allowUnrelated, allowEmpty };
  const call = { operation: "restore", key, options };
  if (!options.dryRun) {
    return calls.alone(call, (filesystem, operation, settings) =>
      restoreBackup(filesystem, operation, { ...settings, ...given }),
    );
  }
  return calls.run({ ...call, isQuiet: true }, (filesystem, operation, settings) =>
    planRestore(filesystem, operation, { ...settings, ...given }),
  );
}
