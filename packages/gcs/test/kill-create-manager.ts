import { BackupManager } from "@stowage/core";
import { KILL_LOCK_TTL_MS } from "@stowage/test-kit";
import { type GcsOptions, gcsFilesystem } from "../src/index.ts";

/** A manager of its own filesystem, for a sweep of kills. */
export function killCreateManager(storage: object, dataDir: string): BackupManager {
  const filesystem = () => gcsFilesystem(storage as GcsOptions);
  return new BackupManager({ dataDir, filesystem, lockTtlMs: KILL_LOCK_TTL_MS });
}
