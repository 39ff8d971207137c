import { readFileSync } from "node:fs";
import { MemoryDriver } from "@stowage/memory";
import { BackupManager, Filesystem } from "../../src/index.ts";

/** What a child is to restore: an archive, in base64, over a data directory of which a manager excludes something. */
export interface HostileOrder {
  readonly dataDir: string;
  readonly archive: string;
  readonly exclude: readonly string[];
}

const { dataDir, archive, exclude } = JSON.parse(readFileSync(0, "utf8")) as HostileOrder;
const filesystem = new Filesystem(new MemoryDriver());
await filesystem.write("a.zip", [Buffer.from(archive, "base64")]);
const manager = new BackupManager({ dataDir, filesystem, exclude });
process.stdout.write(
  await manager.restore("a.zip").then(
    () => "restored",
    (error: unknown) => JSON.stringify(error),
  ),
);
