import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import picomatch from "picomatch";
import { extractEntries } from "../archive/extract-entries.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { removeTree } from "../restore/remove-tree.ts";
import { judgedBackup, limitsOfSpace } from "./judged-backup.ts";
import type { ArchiveReport } from "./manager-options.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Operation } from "./operations.ts";

export interface ExtractSelection {
  /** Globs (picomatch) or a function over entry names; all entries when left out. */
  readonly select?: readonly string[] | ((name: string) => boolean);
  /** A directory that is missing or empty. */
  readonly to: string;
}

/** Judges the archive under the operation's key and writes the selected entries into a directory elsewhere. */
export async function extractBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings & ExtractSelection,
): Promise<ArchiveReport> {
  const { to, disk } = settings;
  const isSelected = selector(settings.select);
  const made = await mkdir(to, { recursive: true });
  if ((await readdir(to)).length > 0) throw new StowageError("INVALID_ARGUMENT", "to: the directory is not empty");
  try {
    const base = await limitsOfSpace(disk, to);
    await using judged = await judgedBackup(filesystem, operation, { ...settings, base });
    const { source, archive, threads } = judged;
    const entries = archive.entries.filter(({ name }) => isSelected(name.replace(/\/$/, "")));
    const size = entries.reduce((total, entry) => total + entry.size, 0);
    const onProgress = operation.phase("extract", { entriesTotal: entries.length, bytesTotal: size });
    await extractEntries(source, entries, {
      directory: to,
      disk,
      signal: operation.signal,
      threads,
      onProgress,
      durable: false,
    });
    return { entries: entries.length, size, skipped: archive.skipped };
  } catch (error) {
    for (const name of await readdir(to)) await removeTree(disk, join(to, name));
    if (made !== undefined) await rmdir(to);
    throw error;
  }
}

function selector(select: ExtractSelection["select"]): (name: string) => boolean {
  if (select === undefined) return () => true;
  return typeof select === "function" ? select : picomatch([...select], { dot: true });
}
