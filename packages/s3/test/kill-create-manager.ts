import { BackupManager } from "@stowage/core";
import { KILL_LOCK_TTL_MS } from "@stowage/test-kit";
import { s3Filesystem } from "../src/index.ts";
import type { S3Options } from "../src/s3-options.ts";

/** A manager of its own filesystem, for a sweep of kills. */
export function killCreateManager(storage: object, dataDir: string): BackupManager {
  const filesystem = () => s3Filesystem(storage as S3Options);
  return new BackupManager({ dataDir, filesystem, lockTtlMs: KILL_LOCK_TTL_MS });
}
