import { BackupManager, type Filesystem } from "@stowage/core";
import { KEY } from "./job.ts";
import type { StorageJob } from "./storage-job.ts";

/** Backs `dataDir` up to the filesystem, which is open by then. Without the lock, which costs the same whatever the backup's size. */
export async function createJob(filesystem: Filesystem, dataDir: string): Promise<StorageJob> {
  await filesystem.open();
  const action = async () => {
    await using manager = new BackupManager({ dataDir, filesystem, lock: "process" });
    const { size } = await manager.create({ name: KEY });
    return { amount: size };
  };
  return { action, canWarmUp: false, close: () => filesystem.close() };
}
