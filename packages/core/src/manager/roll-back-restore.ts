import type { Filesystem } from "../filesystem/filesystem.ts";
import { whileClaimed } from "../restore/claim/claim.ts";
import { rollBack } from "../restore/keep-previous.ts";
import { finishInterrupted } from "../restore/recover.ts";
import type { Operation } from "./operations/operations.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";
import { assertSameMounts, planMounts } from "./settings/plan-mounts.ts";
import { swapHooks } from "./swap-hooks.ts";

/** Brings back what the last restore replaced and kept. */
export async function rollBackRestore(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings,
): Promise<void> {
  const { disk, dataDir, requiredFiles, hooks } = settings;
  await whileClaimed({ disk, dataDir }, async (claim) => {
    await finishInterrupted(disk, dataDir);
    const planned = await planMounts(await settings.keptEntries(filesystem), settings);
    const check = async () => {
      operation.signal.throwIfAborted();
      await assertSameMounts(planned, settings);
      await claim.assertHeld();
    };
    await rollBack({
      ...planned,
      disk,
      dataDir,
      sentinel: requiredFiles[0],
      aroundSwap: swapHooks(operation, settings, { entriesTotal: 0, bytesTotal: 0 }, check),
    });
  });
  await hooks.onRestored?.({ key: operation.key });
}
