import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The temporary place of one run. */
export interface WorkDirectory {
  readonly root: string;
  readonly sample: string;
  readonly backups: string;
  readonly restored: string;
  /** For the copies of databases. */
  readonly state: string;
}

export async function makeWorkDirectory(): Promise<WorkDirectory> {
  const root = await mkdtemp(join(tmpdir(), "stowage-"));
  const at = (name: string) => join(root, name);
  const work = { root, sample: at("data"), backups: at("backups"), restored: at("restored"), state: at("state") };
  for (const directory of [work.sample, work.backups, work.restored, work.state]) await mkdir(directory);
  return work;
}

/** Removes everything but the archives. */
export async function keepOnlyBackups(work: WorkDirectory): Promise<void> {
  await rm(work.sample, { recursive: true, force: true });
  await rm(work.restored, { recursive: true, force: true });
  await rm(work.state, { recursive: true, force: true });
}

export async function removeWorkDirectory(work: WorkDirectory): Promise<void> {
  await rm(work.root, { recursive: true, force: true });
}
