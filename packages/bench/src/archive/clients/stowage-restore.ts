import { basename, dirname } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import type { ClientAnswer, Job } from "../job.ts";
import { Stopwatch } from "../stopwatch.ts";

/**
 * Restores a backup from a disk of this host. What counts is the moment before the data is replaced, at which the application
 * closes its databases: everything is staged, checked by size and CRC, and durable, where the disk has such a thing.
 */
export async function stowageRestore({ archive, target }: Job): Promise<ClientAnswer> {
  const stopwatch = new Stopwatch();
  let answer: ClientAnswer | undefined;
  const beforeSwap = () => {
    answer = stopwatch.read();
  };
  await using filesystem = localFilesystem({ directory: dirname(archive) });
  await using manager = new BackupManager({ dataDir: target, filesystem, hooks: { beforeSwap } });
  await manager.restore(basename(archive));
  if (answer) return answer;
  throw new Error("nothing was said before the swap");
}

/** Extracts a backup elsewhere: judged, inflated, checked by size and CRC, but not synced. */
export async function stowageExtract({ archive, target }: Job): Promise<ClientAnswer> {
  const stopwatch = new Stopwatch();
  await using filesystem = localFilesystem({ directory: dirname(archive) });
  await using manager = new BackupManager({ dataDir: `${target}.none`, filesystem });
  await manager.extract(basename(archive), { to: target });
  return stopwatch.read();
}
