import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { matching } from "../archive/exclusions.ts";
import { extractEntries } from "../archive/extract-entries.ts";
import { errnoOf } from "../errno-of.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { removeTree } from "../restore/remove-tree.ts";
import { judgedBackup, limitsOfSpace } from "./judged-backup.ts";
import type { ArchiveReport } from "./manager-options.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Operation } from "./operations.ts";

export interface ExtractSelection {
  /** Globs (picomatch), of which one for a directory takes all below it, or a function over entry names; all when left out. */
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
  const made = await makeDirectory(to);
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

async function makeDirectory(to: string): Promise<string | undefined> {
  try {
    return await mkdir(to, { recursive: true });
  } catch (error) {
    if (!["EEXIST", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw error;
    throw new StowageError("INVALID_ARGUMENT", "to: it is not a directory", { cause: error });
  }
}

function selector(select: ExtractSelection["select"]): (name: string) => boolean {
  if (select === undefined) return () => true;
  return typeof select === "function" ? (name) => isChosen(select(name)) : matching(select);
}

/** A promise would choose every entry, whatever it comes to. */
function isChosen(choice: unknown): boolean {
  if (!(choice instanceof Promise)) return Boolean(choice);
  choice.catch(() => {});
  throw new StowageError(
    "INVALID_ARGUMENT",
    "select: it returned a promise; it must say at once whether it takes a name",
  );
}
