import { type CreationRules, checkWalk, checkWritten } from "../archive/create/creation-rules.ts";
import { type Walk, walkDirectory } from "../archive/create/walk-directory.ts";
import { writeArchive } from "../archive/create/write-archive.ts";
import { withoutSlash } from "../archive/format/entry-name.ts";
import type { SkippedEntry } from "../archive/skipped-entry.ts";
import { generateName } from "../backup-name.ts";
import { type Disk, platformOf } from "../disk/disk.ts";
import { type Folding, foldingSeen } from "../disk/folding.ts";
import { StowageError } from "../errors.ts";
import { archiveWrite } from "../filesystem/archive-write.ts";
import { LastingChunks } from "../filesystem/content/lasting-chunks.ts";
import type { Copy } from "../filesystem/copy.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { restorableNameSize } from "../restore/folder/staged-path.ts";
import { assertSettled } from "../restore/recover.ts";
import { takeSnapshot } from "../snapshot/take-snapshot.ts";
import { failedCopies } from "./failed-copies.ts";
import { isTaken } from "./is-taken.ts";
import { UNLIMITED, withLimits } from "./judged-backup.ts";
import type { Fence } from "./operations/fence.ts";
import type { Operation } from "./operations/operations.ts";
import { withHooks } from "./operations/with-hooks.ts";
import type { BackupInfo } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";
import { watchDirectory } from "./watched-directory.ts";

export interface CreateReport {
  /** Entries in the archive, directories included. */
  readonly entries: number;
  /** What was left out, and what changed while it was read, each with the reason. */
  readonly warnings: readonly SkippedEntry[];
  /** Only of a mirrored filesystem: what became of the archive in each destination. */
  readonly copies?: readonly Copy[];
}

export interface CreateSettings extends ManagerSettings {
  readonly isNameFixed: boolean;
}

/** Walks the data directory, zips what it finds, and stores the archive under the operation's key, create-only. */
export async function createBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: CreateSettings,
): Promise<BackupInfo & CreateReport> {
  const { disk, dataDir, hooks } = settings;
  await assertSettled(disk, dataDir);
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
  { signal, phase, fence, canCreateOnly }: Operation,
  settings: CreateSettings,
): Promise<BackupInfo & CreateReport> {
  const { dataDir, disk } = settings;
  const kept = await settings.keptEntries(filesystem); // the hook before may have put something there
  const watched = await watchDirectory({ disk, dataDir, signal });
  phase("walk", { entriesTotal: 0, bytesTotal: 0 });
  const others = await kept.leftOut();
  const found = await walkDirectory(dataDir, { ...walkOptions(settings), isExcluded: kept.isKept, signal });
  const rules = { ...rulesOf(settings), folding: await foldingOfWalk(found, disk) };
  checkWalk(found, rules);
  await using snapshot = await takeSnapshot(found, { ...settings, signal, phase: phase.bind(undefined, "snapshot") });
  const { walk } = snapshot;
  const onProgress = phase("archive", {
    entriesTotal: walk.entries.length + walk.links.length,
    bytesTotal: walk.size,
  });
  const leftOut = { globs: settings.exclude, storages: kept.storages, others };
  const archive = writeArchive(walk, { ...settings, ...snapshot.reading, ...leftOut, signal, onProgress });
  const content = fenced(archive.content, fence, async () => {
    await watched.assertSame(walk);
    checkWritten(archive, dataDir, rules);
  });
  const { size, modifiedAt, copies } = await filesystem.write(key, new LastingChunks(content), {
    signal,
    sizeBound: archive.sizeBound,
    ...archiveWrite(filesystem.capabilities, archive.sizeBound),
    ...(canCreateOnly ? {} : { ifNotExists: false }),
  });
  const warnings = [
    ...others,
    ...walk.skipped,
    ...walk.hardLinks,
    ...snapshot.warnings,
    ...archive.warnings,
    ...failedCopies(copies),
  ];
  return { key, size, modifiedAt, entries: archive.entries, warnings, ...(copies && { copies }) };
}

function walkOptions({ dataDir, disk, onUnreadable, links }: CreateSettings) {
  const platform = platformOf(disk);
  const nameSizeMax = restorableNameSize(dataDir, platform);
  return { disk, onUnreadable, nameSizeMax, takesLinks: links !== "none" && platform.makesLinks };
}

function rulesOf({ limits, requiredFiles, allowEmpty }: ManagerSettings): CreationRules {
  return { limits: withLimits(UNLIMITED, limits), requiredFiles, allowEmpty };
}

/** A folder below it may tell names apart that are one in the data directory, where a restore stages them. */
async function foldingOfWalk({ root, entries, links }: Walk, disk: Disk): Promise<Folding | undefined> {
  const names = [...entries, ...links].map(({ name }) => withoutSlash(name)).filter((name) => !name.includes("/"));
  const folding = await foldingSeen(disk, root, names);
  return folding.case || folding.form ? folding : undefined;
}

/** Passes chunks on while the lock is held. Ends, which publishes them, only if all is well and the storage says that it is held. */
async function* fenced(
  content: AsyncIterable<Uint8Array>,
  fence: Fence,
  check: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of content) {
    fence.assertFresh();
    yield chunk;
  }
  await check();
  await fence.confirm();
}

/** The name asked for, if it is free; a generated one gets a number until it is. */
async function freeKey(
  filesystem: Filesystem,
  { key, signal, rename }: Operation,
  { namePrefix, isNameFixed }: CreateSettings,
): Promise<string> {
  const startedAt = new Date();
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? key : generateName(namePrefix, startedAt, attempt);
    rename(candidate);
    if (!(await isTaken(filesystem, candidate, signal))) return candidate;
    if (!isNameFixed) continue;
    throw new StowageError(
      "ALREADY_EXISTS",
      "there is a backup of that name already; choose another, or delete it first",
    );
  }
}
