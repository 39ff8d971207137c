import { readFile } from "node:fs/promises";
import { MemoryDriver } from "@stowage/memory";
import { BackupManager, Filesystem } from "../../src/index.ts";
import { faultyThreadsDisk } from "./faulty-threads-disk.ts";
import type { ThreadFaults } from "./thread-faults.ts";

export interface RestoreOrder {
  readonly dataDir: string;
  /** The path of the archive. */
  readonly archive: string;
  /** What the threads run. */
  readonly program: URL;
  readonly faults: ThreadFaults;
}

/** Restores an archive, by two threads at the least data. */
export async function restoreInThreads({ dataDir, archive, program, faults }: RestoreOrder): Promise<void> {
  const filesystem = new Filesystem(new MemoryDriver());
  await filesystem.write("a.zip", await readFile(archive));
  const disk = faultyThreadsDisk(program, faults);
  await using manager = new BackupManager({ dataDir, filesystem, disk, workers: 2, lock: "process" });
  await manager.restore("a.zip");
}
