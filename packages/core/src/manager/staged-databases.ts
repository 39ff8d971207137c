import type { RestoreOptions } from "../restore/restore-archive.ts";
import { checkDatabases } from "../snapshot/check-databases.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/** Has SQLite check the databases that were staged. Where that cannot be, it warns, because a backup without a check is better than none. */
export function stagedDatabasesCheck(
  signal: AbortSignal,
  { checkDatabases: mode }: ManagerSettings,
): RestoreOptions["checkStaged"] {
  return async (directory, entries) => {
    const unchecked = await checkDatabases(directory, entries, { mode, signal });
    if (unchecked.length === 0) return;
    const names = unchecked.map((name) => JSON.stringify(name)).join(", ");
    process.emitWarning(`restored without a check by SQLite, which is not here or would change it: ${names}`);
  };
}
