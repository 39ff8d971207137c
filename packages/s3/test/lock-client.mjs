// A process that makes backups in a bucket, as the test that started it orders them.
import { BackupManager } from "@stowage/core";
import { s3Filesystem } from "@stowage/s3";
import { serveTurns } from "@stowage/test-kit/lock";

await serveTurns(({ dataDir, lockTtlMs, storage }, hooks) => {
  const filesystem = () => s3Filesystem(storage);
  return new BackupManager({ dataDir, filesystem, lock: "required", lockTtlMs, hooks });
});
