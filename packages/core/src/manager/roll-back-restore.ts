import type { Filesystem } from "../filesystem/filesystem.ts";
import { rollBack } from "../restore/keep-previous.ts";
import { recover } from "../restore/recover.ts";
import { keepingMounts } from "./kept-mounts.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Operation } from "./operations.ts";
import { sentinelOf } from "./restore-backup.ts";
import { swapHooks } from "./swap-hooks.ts";

/** Brings back what the last restore replaced and kept. */
export async function rollBackRestore(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings,
): Promise<void> {
  const { disk, dataDir, requiredFiles, hooks } = settings;
  await recover(dataDir, { disk });
  const kept = await keepingMounts(await settings.keptEntries(filesystem), settings);
  const check = async () => operation.signal.throwIfAborted();
  await rollBack({
    ...kept,
    disk,
    dataDir,
    sentinel: sentinelOf(requiredFiles),
    aroundSwap: swapHooks(operation, settings, { entriesTotal: 0, bytesTotal: 0 }, check),
  });
  await hooks.onRestored?.({ key: operation.key });
}
