import type { ArchiveReader } from "../archive/archive-reader.ts";
import { startExtractionThreads } from "../archive/extract/worker-extractor.ts";
import { checkLocalHeaders } from "../archive/judge/check-local-headers.ts";
import {
  type ArchiveLimits,
  type ArchiveRules,
  type JudgedArchive,
  judgeArchive,
  type RoomLimits,
} from "../archive/judge/judge-archive.ts";
import { objectReader } from "../archive/object-reader.ts";
import { upTo } from "../archive/skipped-entry.ts";
import type { JobPool } from "../concurrency/worker-pool.ts";
import { type Disk, platformOf } from "../disk/disk.ts";
import type { Folding } from "../disk/folding.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import type { Operation } from "./operations/operations.ts";
import type { KeptEntries } from "./settings/kept-entries.ts";
import type { ArchiveReport } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The limits for judging an archive of which nothing is written to this disk. */
export const UNLIMITED: ArchiveLimits = { maxEntries: 200_000, maxTotalSize: NO_LIMIT, maxFileSize: NO_LIMIT };

/** The limits for an archive that is to be written out below `path`: what is left there. */
export async function limitsOfSpace(disk: Disk, path: string): Promise<RoomLimits> {
  return { ...UNLIMITED, freeSpace: await disk.freeSpace(path) };
}

interface JudgeSettings extends Pick<ManagerSettings, "disk" | "limits" | "workers" | "links" | "names"> {
  readonly kept: Pick<KeptEntries, "isKept">;
  readonly base: RoomLimits;
  readonly requiredFiles?: readonly string[];
  /** Which names are one where the archive is to be restored. */
  readonly folding: Folding;
}

export interface JudgedBackup extends AsyncDisposable {
  readonly reader: ArchiveReader;
  readonly archive: JudgedArchive;
  /** The threads that read its contents. Disposing of the backup ends them. */
  readonly threads: JobPool | undefined;
}

/** Opens the archive under the operation's key where it lies, and judges it, with the local headers of what is left out. */
export async function judgedBackup(
  filesystem: Filesystem,
  { key, signal, phase }: Operation,
  settings: JudgeSettings,
): Promise<JudgedBackup> {
  phase("judge", { entriesTotal: 0, bytesTotal: 0 });
  const rules = { ...rulesOf(settings), signal };
  const reader = await objectReader(filesystem, key, { signal });
  const threads = startExtractionThreads(reader.size, settings);
  try {
    const archive = await judgeArchive(reader, rules);
    await checkLocalHeaders(reader, archive.leftOut, { signal });
    return { reader, archive, threads, [Symbol.asyncDispose]: async () => threads?.close() };
  } catch (error) {
    await threads?.close();
    throw error;
  }
}

function rulesOf(settings: JudgeSettings): Omit<ArchiveRules, "signal"> {
  const { disk, base, limits, requiredFiles = [], kept, folding } = settings;
  return {
    limits: withLimits(base, limits),
    isExcluded: (name) => kept.isKept(name),
    requiredFiles,
    skipsLinks: settings.links === "none",
    names: settings.names,
    folding,
    nameProblem: (name) => platformOf(disk).nameProblem(name),
  };
}

export function reportOf({ entries, links, size, skipped, guessed }: JudgedArchive): ArchiveReport {
  return { entries: entries.length + links.length, size, skipped, warnings: upTo(guessed) };
}

/** What the user set, over what is there: whoever says how large archives may be knows the disk better. */
export function withLimits(base: RoomLimits, limits: Partial<ArchiveLimits>): RoomLimits {
  const { freeSpace } = base;
  return {
    maxEntries: limits.maxEntries ?? base.maxEntries,
    maxTotalSize: limits.maxTotalSize ?? base.maxTotalSize,
    maxFileSize: limits.maxFileSize ?? base.maxFileSize,
    ...(freeSpace === undefined || limits.maxTotalSize !== undefined ? {} : { freeSpace }),
  };
}
