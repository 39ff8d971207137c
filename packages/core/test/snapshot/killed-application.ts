import { writeSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";
import { localFilesystem } from "@stowage/local";
import { BackupManager, type OperationStatus } from "../../src/index.ts";

/** Makes a backup, or stops for good as soon as something was done in a phase, so that it can be killed there. */
export interface KilledOrder {
  readonly dataDir: string;
  readonly backups: string;
  readonly stopsIn?: "snapshot" | "archive";
}

export interface KilledReport {
  readonly keys: readonly string[];
  readonly status: OperationStatus;
  /** Folders of copies that lie there after the backup. */
  readonly left: readonly string[];
  /** Databases of the backup that could not be checked. */
  readonly unchecked: readonly string[];
}

const { dataDir, backups, stopsIn } = JSON.parse(argv[2] ?? "{}") as KilledOrder;
const filesystem = localFilesystem({ directory: backups });
const manager = new BackupManager({ dataDir, filesystem });
const { key } = await manager.create({
  onProgress: ({ phase, bytesDone, bytesTotal }) => {
    if (phase === stopsIn && (bytesDone > 0 || phase === "archive")) stop(`${phase} ${bytesDone} ${bytesTotal}`);
  },
});
const status = manager.status();
const left = await readdir(join(dataDir, ".stowage")).catch(() => []);
const { warnings } = await manager.verify(key);
const keys = (await manager.list()).map((each) => each.key);
const unchecked = warnings.map(({ name }) => name);
console.log(JSON.stringify({ keys, status, left, unchecked } satisfies KilledReport));
await manager.close();
await filesystem.close();

/** Says where, and never returns: nothing of this process happens any more. */
function stop(where: string): void {
  writeSync(1, where);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
