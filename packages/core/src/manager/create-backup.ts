import type { SkippedEntry } from "../archive/skipped-entry.ts";
import { walkDirectory } from "../archive/walk-directory.ts";
import { writeArchive } from "../archive/write-archive.ts";
import { StowageError } from "../errors.ts";
import type { Copy } from "../filesystem/copy.ts";
import type { Capabilities } from "../filesystem/driver.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { LastingChunks } from "../filesystem/lasting-chunks.ts";
import { takeSnapshot } from "../snapshot/take-snapshot.ts";
import { generateName } from "./backup-name.ts";
import { isTaken } from "./is-taken.ts";
import type { BackupInfo } from "./manager-options.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Fence, Operation } from "./operations.ts";
import { withHooks } from "./with-hooks.ts";

export interface CreateReport {
  /** Entries in the archive, directories included. */
  readonly entries: number;
  /** What was left out, and what changed while it was read, each with the reason. */
  readonly warnings: readonly SkippedEntry[];
  /** Only of a mirrored filesystem: what became of the archive in each destination. */
  readonly copies?: readonly Copy[];
}

/** Walks the data directory, zips what it finds, and stores the archive under the operation's key, create-only. */
export async function createBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings & { readonly isNameFixed: boolean },
): Promise<BackupInfo & CreateReport> {
  const { hooks } = settings;
  const key = await freeKey(filesystem, operation, settings);
  return withHooks(
    () => hooks.beforeSnapshot?.({ key }),
    () => archiveInto(filesystem, key, operation, settings),
    () => hooks.afterSnapshot?.({ key }),
  );
}

async function archiveInto(
  filesystem: Filesystem,
  key: string,
  { signal, phase, fence }: Operation,
  { dataDir, disk, onUnreadable, onChanged, level, workers, keptEntries, databases, stateDir }: ManagerSettings,
): Promise<BackupInfo & CreateReport> {
  const { isKept } = await keptEntries(filesystem);
  phase("walk", { entriesTotal: 0, bytesTotal: 0 });
  const found = await walkDirectory(dataDir, { disk, isExcluded: isKept, onUnreadable, signal });
  const snapshotPhase = phase.bind(undefined, "snapshot");
  await using snapshot = await takeSnapshot(found, { disk, signal, stateDir, databases, phase: snapshotPhase });
  const { walk, substitutes } = snapshot;
  const onProgress = phase("archive", { entriesTotal: walk.entries.length, bytesTotal: walk.size });
  const archive = writeArchive(walk, {
    disk,
    signal,
    onUnreadable,
    onChanged,
    level,
    workers,
    substitutes,
    onProgress,
  });
  const { sizeBound } = archive;
  const { size, modifiedAt, copies } = await filesystem.write(key, new LastingChunks(fenced(archive.content, fence)), {
    signal,
    sizeBound,
    ifNotExists: canCreateOnly(filesystem.capabilities, sizeBound),
    contentType: filesystem.capabilities.contentTypes ? "application/zip" : undefined,
  });
  const missing = (copies ?? []).filter(({ error }) => error !== undefined);
  const notCopied = missing.map(({ name }) => ({ name, reason: "copy-failed" }));
  const warnings = [...walk.skipped, ...snapshot.warnings, ...archive.warnings, ...notCopied];
  return { key, size, modifiedAt, entries: archive.entries, warnings, ...(copies && { copies }) };
}

/** Passes chunks on while the lock is held. Ends, which publishes them, only if the storage says so too. */
async function* fenced(content: AsyncIterable<Uint8Array>, fence: Fence): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of content) {
    fence.assertFresh();
    yield chunk;
  }
  await fence.confirm();
}

/** The name asked for, if it is free; a generated one gets a number until it is. */
async function freeKey(
  filesystem: Filesystem,
  { key, signal, rename }: Operation,
  { namePrefix, isNameFixed }: ManagerSettings & { readonly isNameFixed: boolean },
): Promise<string> {
  const startedAt = new Date();
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? key : generateName(namePrefix, startedAt, attempt);
    rename(candidate);
    if (!(await isTaken(filesystem, candidate, signal))) return candidate;
    if (!isNameFixed) continue;
    throw new StowageError("ALREADY_EXISTS", `there is a backup called ${key} already`, { operation: "create", key });
  }
}

function canCreateOnly({ conditionalCreate, limits }: Capabilities, sizeBound: number): boolean {
  return conditionalCreate && sizeBound <= (limits.conditionalCreateSize ?? Number.POSITIVE_INFINITY);
}
