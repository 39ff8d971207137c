import { scheduledName } from "../../backup-name.ts";
import { StowageError } from "../../errors.ts";
import { type CreateReport, createBackup } from "../create-backup.ts";
import type { ManagedCalls } from "../operations/managed-calls.ts";
import { whileBusy } from "../operations/while-busy.ts";
import type { BackupInfo } from "../settings/manager-options.ts";

/** A backup of an instant, made here or by another host. */
export type ScheduledBackup = (BackupInfo & CreateReport) | { readonly key: string };

export interface ScheduledCreate {
  readonly instant: Date;
  /** How long to wait for what keeps it from its work, such as the backup that another host makes. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Makes the backup of an instant, under a name that says so: of all hosts that share the storage one makes it, and the others find it. Waits
 * while it is `BUSY`, in this process and in the storage.
 */
export async function createScheduled(
  calls: ManagedCalls,
  { instant, patienceMs, signal }: ScheduledCreate,
): Promise<ScheduledBackup> {
  const key = scheduledName(calls.settings.namePrefix, instant);
  const call = { operation: "create", key, scheduledFor: instant, options: { signal }, patienceMs };
  return whileBusy(patienceMs, signal, () =>
    calls.alone(call, async (filesystem, operation, settings) => {
      try {
        return await createBackup(filesystem, operation, { ...settings, isNameFixed: true });
      } catch (error) {
        const isTaken = error instanceof StowageError && error.code === "ALREADY_EXISTS";
        if (isTaken && (await filesystem.exists(key, { signal: operation.signal }))) return { key };
        throw error; // a hook may have met another name that is taken
      }
    }),
  );
}
