// A process that makes backups in a bucket of Google Cloud Storage, as the test that started it orders them.
import { BackupManager } from "@stowage/core";
import { gcsFilesystem } from "@stowage/gcs";
import { serveTurns } from "@stowage/test-kit/lock";

await serveTurns(({ dataDir, lockTtlMs, storage }, hooks) => {
  const filesystem = () => gcsFilesystem(storage);
  return new BackupManager({ dataDir, filesystem, lock: "required", lockTtlMs, hooks });
});
