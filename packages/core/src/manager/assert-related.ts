import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import type { ArchiveEntry } from "../archive/format/central-header.ts";
import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import type { Disk } from "../disk/disk.ts";
import { describedChildren, rawChildrenOf } from "../disk/disk-steps.ts";
import { StowageError } from "../errors.ts";
import { RESTORE_FOLDER } from "../restore/folder/layout.ts";

interface Target {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly allowUnrelated: boolean;
  readonly allowEmpty: boolean;
  isKept(name: string): boolean;
}

/**
 * Refuses the wrong archive before anything is touched: one without any file over data with files ("no-files"), and one of
 * another program that has no name in common with the top of the data ("unrelated"). What stays in place does not count.
 */
export async function assertRelated(archive: JudgedArchive, target: Target): Promise<void> {
  const { entries } = archive;
  if (!target.allowEmpty && !entries.some(({ type }) => type === "file") && (await holdsFiles(target, ""))) {
    const message = `the archive holds no file, and ${target.dataDir} does; nothing was touched. To empty it so, set the option "allowEmpty"`;
    throw refusal("no-files", message);
  }
  if (archive.isOurs || target.allowUnrelated) return;
  const present = await namesIn(target, "");
  const tops = new Set(entries.map(({ name }) => name.split("/", 1)[0] ?? name));
  if (present.length === 0 || present.some((name) => tops.has(name))) return;
  throw refusal("unrelated", whyUnrelated(entries, { tops: [...tops], present, dataDir: target.dataDir }));
}

function whyUnrelated(
  entries: readonly ArchiveEntry[],
  { tops, present, dataDir }: { tops: readonly string[]; present: readonly string[]; dataDir: string },
): string {
  const way = `nothing was touched. To replace the data all the same, restore with "allowUnrelated"`;
  const [wrapper] = tops;
  const inner = new Set(entries.map(({ name }) => name.split("/")[1] ?? ""));
  if (tops.length === 1 && present.some((name) => inner.has(name))) {
    return `everything in the archive lies in a folder ${shown(tops)}; zip what is in that folder, not the folder itself (${wrapper}); ${way}`;
  }
  return `the archive holds ${shown(tops)}, and ${dataDir} holds ${shown(present)}: it seems to be of something else; ${way}`;
}

/** The archive is valid, but for this place. */
function refusal(reason: "no-files" | "unrelated", message: string): StowageError {
  return new StowageError("INVALID_ARCHIVE", message, { reason });
}

function shown(names: readonly string[]): string {
  const some = names.slice(0, 5).map((name) => JSON.stringify(name));
  return names.length > some.length ? `${some.join(", ")} and ${names.length - some.length} more` : some.join(", ");
}

/** What is there and would be replaced. */
async function namesIn({ disk, dataDir, isKept }: Target, dir: string): Promise<string[]> {
  const names = (await rawChildrenOf(disk, join(dataDir, dir))).filter((name) => isUtf8(name)).map(String);
  const below = (name: string) => (dir === "" ? name : `${dir}/${name}`);
  return names.filter((name) => name !== RESTORE_FOLDER && !isKept(below(name))).sort();
}

async function holdsFiles(target: Target, dir: string): Promise<boolean> {
  const names = (await namesIn(target, dir)).map((name) => Buffer.from(name));
  const directories: string[] = [];
  for await (const [name, entry] of describedChildren(target.disk, join(target.dataDir, dir), names)) {
    if (entry.isFile()) return true;
    if (entry.isDirectory()) directories.push(dir === "" ? String(name) : `${dir}/${name}`);
  }
  for (const directory of directories) if (await holdsFiles(target, directory)) return true;
  return false;
}
