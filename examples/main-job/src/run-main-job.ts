import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import { BackupManager, type Filesystem } from "@stowage/core";
import { type Comparison, compareDirectories } from "./compare-directories.ts";
import { formatCount, formatSize } from "./format.ts";
import { ProgressBar, type Screen } from "./progress-bar.ts";

export interface MainJob {
  /** The directory to back up. Only read. */
  readonly dataDir: string;
  /** An empty directory that receives the restored copy. */
  readonly restoredDir: string;
  readonly filesystem: Filesystem;
  /** An existing directory for the copies of databases, so that none lies in `dataDir`. */
  readonly stateDir: string;
  /** The name of the new backup, such as `main-job.zip`. */
  readonly name: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface MainJobResult extends Comparison {
  readonly key: string;
  /** What the source holds and did not come back, each with the reason. */
  readonly leftBehind: readonly { readonly name: string; readonly reason: string }[];
}

interface Progress {
  readonly phase: string;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** The phases in which all the bytes pass. The others take no time to speak of. */
const LONG_PHASES = new Set(["archive", "verify", "stage"]);

/** Backs `dataDir` up, looks at the backup, restores it into `restoredDir` and compares the two. */
export async function runMainJob(job: MainJob): Promise<MainJobResult> {
  const { dataDir, filesystem, stateDir } = job;
  const source = new BackupManager({ dataDir, filesystem, stateDir });
  const target = new BackupManager({ dataDir: job.restoredDir, filesystem: job.filesystem });
  try {
    const { key, reasons } = await create(job, source);
    await list(job, source, key);
    const size = await verify(job, source, key);
    const skipped = await restore(job, target, key);
    const reasonOf = new Map([...skipped, ...reasons]);
    const comparison = await compare(job, new Set(reasonOf.keys()), size);
    const leftBehind = comparison.missing.map((name) => ({ name, reason: reasonOf.get(name) ?? "unknown" }));
    return { key, ...comparison, leftBehind };
  } finally {
    await source.close();
    await target.close();
  }
}

/** Creates the backup. Returns its key, and why which names may be missing in it. */
async function create(job: MainJob, manager: BackupManager): Promise<{ key: string; reasons: Map<string, string> }> {
  return showing(job.screen, "create", async (bar) => {
    let read = 0;
    const { key, size, entries, warnings } = await manager.create({
      name: job.name,
      signal: job.signal,
      onProgress: (progress) => {
        read = progress.bytesDone;
        showProgress(bar, progress);
      },
    });
    bar.finish(`${formatCount(entries)} entries, ${formatSize(read)} → ${key}, ${formatSize(size)}`, read);
    for (const { name, reason } of warnings) job.screen.write(`           warning ${name}: ${reason}\n`);
    const reasons = new Map(await leftOutSilently(job));
    for (const { name, reason } of warnings) reasons.set(name.replace(/\/$/, ""), reason);
    return { key, reasons };
  });
}

/** No backup holds itself, nor the folder in which a restore works; there is no warning of these. */
async function leftOutSilently({ dataDir, filesystem }: MainJob): Promise<[string, string][]> {
  const places: [string, string][] = [
    [".stowage", "belongs to Stowage"],
    ["lost+found", "belongs to the file system"],
  ];
  const { directory } = filesystem;
  if (directory === undefined) return places;
  const name = relative(await realpath(dataDir), await realpath(directory));
  return name.startsWith("..") ? places : [...places, [name, "holds the backups"]];
}

async function list(job: MainJob, manager: BackupManager, key: string): Promise<void> {
  await showing(job.screen, "list", async (bar) => {
    const backups = await manager.list({ signal: job.signal });
    const listed = backups.find((backup) => backup.key === key);
    if (listed === undefined) throw new Error(`${key} was created, but list does not show it`);
    bar.finish(`${listed.key} of ${listed.modifiedAt.toISOString()}, ${formatCount(backups.length)} in all`);
  });
}

/** Returns the size of all entries, in bytes. */
async function verify(job: MainJob, manager: BackupManager, key: string): Promise<number> {
  return showing(job.screen, "verify", async (bar) => {
    const onProgress = (progress: Progress): void => showProgress(bar, progress);
    const { entries, size } = await manager.verify(key, { signal: job.signal, onProgress });
    bar.finish(`${formatCount(entries)} entries inflated, every checksum and size as recorded`, size);
    return size;
  });
}

/** Returns which names of the archive were not restored, and why. */
async function restore(job: MainJob, manager: BackupManager, key: string): Promise<[string, string][]> {
  return showing(job.screen, "restore", async (bar) => {
    const onProgress = (progress: Progress): void => showProgress(bar, progress);
    const { entries, size, skipped } = await manager.restore(key, { signal: job.signal, onProgress });
    bar.finish(`${formatCount(entries)} entries, ${formatSize(size)}`, size);
    for (const { name, reason } of skipped) job.screen.write(`           skipped ${name}: ${reason}\n`);
    return skipped.map(({ name, reason }) => [name.replace(/\/$/, ""), reason]);
  });
}

async function compare(job: MainJob, skipped: ReadonlySet<string>, total: number): Promise<Comparison> {
  return showing(job.screen, "compare", async (bar) => {
    let done = 0;
    const onBytes = (count: number): void => {
      done += count;
      bar.update(done, total);
    };
    const comparison = await compareDirectories(job.dataDir, job.restoredDir, { skipped, onBytes });
    const verdict = comparison.differences.length === 0 ? "every byte is the same" : "NOT the same";
    bar.finish(`${formatCount(comparison.entries)} files and directories, ${verdict}`, comparison.size);
    return comparison;
  });
}

function showProgress(bar: ProgressBar, { phase, bytesDone, bytesTotal }: Progress): void {
  if (LONG_PHASES.has(phase)) bar.update(bytesDone, bytesTotal);
}

async function showing<Result>(
  screen: Screen,
  label: string,
  phase: (bar: ProgressBar) => Promise<Result>,
): Promise<Result> {
  const bar = new ProgressBar(screen, label);
  try {
    return await phase(bar);
  } catch (error) {
    bar.stop();
    throw error;
  }
}
