import { BackupManager } from "@stowage/core";
import { KILL_LOCK_TTL_MS, obeyKillOrders } from "@stowage/test-kit/kill";
import { s3Filesystem } from "../src/index.ts";
import type { S3Options } from "../src/s3-options.ts";

/** A process that is killed in the middle of its creates. */
export function main(orders: string): Promise<void> {
  return obeyKillOrders(orders, killCreateManager);
}

/** A manager of its own filesystem, for a sweep of kills. */
export function killCreateManager(storage: object, dataDir: string): BackupManager {
  const filesystem = () => s3Filesystem(storage as S3Options);
  return new BackupManager({ dataDir, filesystem, lockTtlMs: KILL_LOCK_TTL_MS });
}
