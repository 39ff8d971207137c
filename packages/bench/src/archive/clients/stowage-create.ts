import { basename, dirname } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import type { ClientAnswer, Job } from "../job.ts";
import { ResponseWatch } from "../response-watch.ts";
import { Stopwatch } from "../stopwatch.ts";

/** Makes a backup on a disk of this host, as applications do: locked, synced, published by a rename. */
export async function stowageCreate({ source, archive }: Job): Promise<ClientAnswer> {
  const stopwatch = new Stopwatch();
  await using filesystem = localFilesystem({ directory: dirname(archive) });
  await using manager = new BackupManager({ dataDir: source, filesystem });
  await manager.create({ name: basename(archive) });
  return stopwatch.read();
}

/** The same, while an application in this process wants to go on. What it costs is not comparable. */
export async function stowageWatchedCreate(job: Job): Promise<ClientAnswer> {
  const watch = await ResponseWatch.start(job.source);
  const answer = await stowageCreate(job);
  return { ...answer, responsiveness: await watch.stop() };
}
