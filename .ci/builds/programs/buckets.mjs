// What an application does that keeps its backups in buckets: in each it creates one, verifies it and restores it. The SDK comes with
// the bundle, and is loaded at first use. The options of the filesystems are in STOWAGE_BUCKETS.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { gcsFilesystem } from "@stowage/gcs";
import { s3Filesystem } from "@stowage/s3";

async function backUpAndRestore(filesystem) {
  const dataDir = mkdtempSync(join(tmpdir(), "stowage-build-"));
  try {
    mkdirSync(join(dataDir, "data"));
    writeFileSync(join(dataDir, "data", "a.txt"), "precious");
    const manager = new BackupManager({ dataDir: join(dataDir, "data"), filesystem });
    const { key } = await manager.create();
    await manager.verify(key);
    writeFileSync(join(dataDir, "data", "a.txt"), "spoilt");
    await manager.restore(key);
    await manager.close();
    return readFileSync(join(dataDir, "data", "a.txt"), "utf8");
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function main() {
  const { s3, gcs } = JSON.parse(process.env.STOWAGE_BUCKETS);
  return { s3: await backUpAndRestore(s3Filesystem(s3)), gcs: await backUpAndRestore(gcsFilesystem(gcs)) };
}

main().then((restored) => console.log(JSON.stringify(restored)));
