import { BackupManager } from "@stowage/core";
import { KILL_LOCK_TTL_MS, obeyKillOrders } from "@stowage/test-kit/kill";
import { type GcsOptions, gcsFilesystem } from "../src/index.ts";

/** A process that is killed in the middle of its creates. */
export function main(orders: string): Promise<void> {
  return obeyKillOrders(orders, killCreateManager);
}

/** A manager of its own filesystem, for a sweep of kills. */
export function killCreateManager(storage: object, dataDir: string): BackupManager {
  const filesystem = () => gcsFilesystem(storage as GcsOptions);
  return new BackupManager({ dataDir, filesystem, lockTtlMs: KILL_LOCK_TTL_MS });
}
